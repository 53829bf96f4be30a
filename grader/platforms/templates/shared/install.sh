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

has_seccomp() {
    [ -n "$python" ] && "$python" -c 'import ctypes; ctypes.CDLL("libseccomp.so.2")' 2>/dev/null
}

# Prints the packages of the first Python that the system offers, of those that would do.
offered() {
    names="python@PYTHON@ python3.13 python3.12 python3.11"
    if [ -n "$offline" ]; then names=python@PYTHON@; fi
    for name in $names; do
        if command -v dnf >/dev/null; then
            if dnf list -q "$name" >/dev/null 2>&1; then echo "$name"; return; fi
        elif apt-cache show "$name" >/dev/null 2>&1; then
            echo "$name $name-venv"
            return
        fi
    done
    echo "@NO_PYTHON@" >&2
    return 1
}

python=$(find_python) || python=""
if [ -z "$python" ] || ! has_seccomp; then
    if command -v dnf >/dev/null; then
        missing=libseccomp
    else
        export DEBIAN_FRONTEND=noninteractive
        missing=libseccomp2
        apt-get update -q
    fi
    if [ -z "$python" ]; then
        pythons=$(offered)
        missing="$missing $pythons"
    fi
    if command -v dnf >/dev/null; then
        dnf install -y -q $missing
    else
        apt-get install -y -q --no-install-recommends $missing
    fi
    python=$(find_python)
fi
"$python" -m venv "$here/venv"
"$here/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps \
    $offline --find-links "$here/wheels" -r "$here/requirements.txt" "$here"/wheels/bpgrade-*.whl
"$here/venv/bin/bpgrade" --version
