#!/usr/bin/env bash
# Autolab's Makefile runs this beside the hand-in. The last line that it prints has the scores;
# where bpgrade gets to no such line, each is null, since Autolab takes any other line for 0.
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p handin
for file in @EXERCISE@.py @EXERCISE@.ipynb; do
    if [ -f "$file" ] && [ ! -L "$file" ]; then cp "$file" handin/; fi
done
printed=$("${BPGRADE_ROOT:-}/opt/bpgrade/venv/bin/bpgrade" autograde --platform autolab \
    --course "$here/course" @OPTIONS@)
printf '%s\n' "$printed"
case "${printed##*$'\n'}" in
    '{"scores": {"'*) ;;
    *) printf '%s\n' '{"scores": {@NO_SCORES@}, "scoreboard": []}' ;;
esac
