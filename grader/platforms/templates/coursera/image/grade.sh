#!/usr/bin/env bash
# Coursera runs this for each submission, and reads /shared/feedback.json.
here=$(cd "$(dirname "$0")" && pwd)
exec "$here/venv/bin/bpgrade" autograde --platform coursera --course "$here/course" @OPTIONS@
