#!/usr/bin/env bash
# Grades the folder submission/ of the working folder, and leaves the result in the working folder.
here=$(cd "$(dirname "$0")" && pwd)
exec "$here/venv/bin/bpgrade" autograde --platform okpy --course "$here/course" \
    --submission "$PWD/submission" --output "$PWD" @OPTIONS@
