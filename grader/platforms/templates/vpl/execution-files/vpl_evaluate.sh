#!/bin/bash
# VPL runs this to evaluate, then runs vpl_execution and reads what that prints.
cat > vpl_execution <<'SCRIPT'
#!/bin/bash
. ./vpl_environment.sh
root="${BPGRADE_ROOT:-}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$root/opt/bpgrade/venv/bin/python" - bpgrade_course.b64 "$work" <<'PYTHON'
import base64, io, pathlib, sys, zipfile
data = base64.b64decode(pathlib.Path(sys.argv[1]).read_bytes())
zipfile.ZipFile(io.BytesIO(data)).extractall(sys.argv[2])
PYTHON
"$root/opt/bpgrade/venv/bin/bpgrade" autograde --platform vpl --course "$work/course" @OPTIONS@
SCRIPT
chmod +x vpl_execution
