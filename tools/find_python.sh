#!/bin/sh
# Print the command of a Python that can build the environment, and check node and git on the way.
# Newest first, except that 3.13 comes last of the three: pyrevm has no wheels for it.
# One line on stderr and exit status 1 when something is missing or too old. Plain POSIX sh: it runs before anything is installed.
set -eu

fail() {
    echo "registrum needs $1" >&2
    exit 1
}

command -v git >/dev/null 2>&1 || fail "git: please install it"

command -v node >/dev/null 2>&1 || fail "Node.js 20 or newer: please install it (node is not on the PATH)"
node_version=$(node --version 2>/dev/null) || fail "Node.js 20 or newer: 'node --version' failed"
node_major=${node_version#v}
node_major=${node_major%%.*}
[ "$node_major" -ge 20 ] 2>/dev/null || fail "Node.js 20 or newer: found $node_version"
command -v npm >/dev/null 2>&1 || fail "npm, which comes with Node.js: npm is not on the PATH"

found=
for candidate in ${PYTHON:-} python3.12 python3.11 python3.13 python3 python; do
    command -v "$candidate" >/dev/null 2>&1 || continue
    version=$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
    found="$candidate $version"
    if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; then
        "$candidate" -c 'import ensurepip, venv' 2>/dev/null ||
            fail "Python's venv module (on Debian and Ubuntu: apt install python${version}-venv)"
        command -v "$candidate"
        exit 0
    fi
done
[ -n "$found" ] && fail "Python 3.11, 3.12 or 3.13: found only $found (name another one with make PYTHON=...)"
fail "Python 3.11, 3.12 or 3.13: please install it (no python3 on the PATH)"
