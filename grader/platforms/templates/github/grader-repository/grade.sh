#!/usr/bin/env bash
# Grades the checkout in submission/ and hands the result to the reporter and the job's page.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out="$RUNNER_TEMP"
"$here/venv/bin/bpgrade" autograde --platform github --course "$here/course" \
    --submission "$GITHUB_WORKSPACE/submission" --output "$out" @OPTIONS@
echo "result=$(base64 < "$out/result.json" | tr -d '\n')" >> "$GITHUB_OUTPUT"
cat "$out/summary.md" >> "$GITHUB_STEP_SUMMARY"
