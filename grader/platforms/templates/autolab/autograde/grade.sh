#!/usr/bin/env bash
# Autolab's Makefile runs this beside the hand-in; the last line that it prints has the scores.
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p handin
for file in @EXERCISE@.py @EXERCISE@.ipynb; do
    if [ -f "$file" ] && [ ! -L "$file" ]; then cp "$file" handin/; fi
done
exec "${BPGRADE_ROOT:-}/opt/bpgrade/venv/bin/bpgrade" autograde --platform autolab \
    --course "$here/course" @OPTIONS@
