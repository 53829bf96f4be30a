#!/usr/bin/env bash
# The build plan runs this in the test repository, with the student's in assignment/.
rm -rf results
exec "${BPGRADE_ROOT:-}/opt/bpgrade/venv/bin/bpgrade" autograde --platform artemis \
    --course "$PWD/course" @OPTIONS@
