#!/usr/bin/env bash
# PrairieLearn runs this in the question's container, and reads /grade/results/results.json.
root="${BPGRADE_ROOT:-}"
exec "$root/opt/bpgrade/venv/bin/bpgrade" autograde --platform prairielearn \
    --course "$root/grade/tests/course" @OPTIONS@
