#!/usr/bin/env bash
# Installs bpgrade beside this script, into venv/. Needs Python @PYTHON@ or, where the wheels are
# not bundled, any from 3.11; looks for it, and installs it by apt or dnf where there is none.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
offline="@OFFLINE@"

suits() {
    command -v "$1" >/dev/null && "$1" - "$offline" <<'PYTHON'
import ensurepip, sys, venv
wanted = tuple(map(int, "@PYTHON@".split(".")))
found = sys.version_info[:2]
sys.exit(found != wanted if sys.argv[1] else found < (3, 11))
PYTHON
}

find_python() {
    for name in python@PYTHON@ python3 python3.14 python3.13 python3.12 python3.11; do
        if suits "$name" 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    return 1
}

missing=()
seccomp=libseccomp2
if command -v dnf >/dev/null; then seccomp=libseccomp; fi
python=$(find_python) || missing+=(python@PYTHON@ python@PYTHON@-venv)
ldconfig -p 2>/dev/null | grep -q 'libseccomp\.so\.2' || missing+=("$seccomp")
if [ "${#missing[@]}" -gt 0 ] && command -v dnf >/dev/null; then
    dnf install -y -q "${missing[@]//-venv/}"
    python=$(find_python)
elif [ "${#missing[@]}" -gt 0 ]; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q
    apt-get install -y -q --no-install-recommends "${missing[@]}"
    python=$(find_python)
fi
"$python" -m venv "$here/venv"
"$here/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps \
    $offline --find-links "$here/wheels" -r "$here/requirements.txt" "$here"/wheels/bpgrade-*.whl
"$here/venv/bin/bpgrade" --version
