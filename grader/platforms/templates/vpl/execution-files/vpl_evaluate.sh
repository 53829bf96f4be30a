#!/bin/bash
# VPL runs this to evaluate, deletes it with all execution files, then runs vpl_execution and reads
# what that prints. So vpl_execution has the course in itself.
cat > vpl_execution <<'SCRIPT'
#!/bin/bash
. ./vpl_environment.sh
bin="${BPGRADE_ROOT:-}/opt/bpgrade/venv/bin"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$bin/python" -c '
import base64, io, sys, zipfile
zipfile.ZipFile(io.BytesIO(base64.b64decode(sys.stdin.read()))).extractall(sys.argv[1])
' "$work" <<'COURSE'
@COURSE_BASE64@COURSE
"$bin/bpgrade" autograde --platform vpl --course "$work/course" @OPTIONS@
SCRIPT
chmod +x vpl_execution
