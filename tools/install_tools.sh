#!/bin/sh
# Build .venv-tools, the environment of the programs whose requirements conflict with those of brownie.
set -eu

cd "$(dirname "$0")/.."
[ -x .venv-tools/bin/python ] || .venv/bin/python -m venv --without-pip .venv-tools

index=$(.venv/bin/python -m pip config get global.index-url 2>/dev/null || true)
if [ -n "${PIP_INDEX_URL:-$index}" ] && [ -z "${UV_DEFAULT_INDEX:-}" ]; then
    UV_DEFAULT_INDEX=${PIP_INDEX_URL:-$index}
    export UV_DEFAULT_INDEX
fi
.venv/bin/uv pip install --quiet --python .venv-tools/bin/python --require-hashes -r requirements/tools.txt
