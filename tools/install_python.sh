#!/bin/sh
# Build .venv from the locked requirements: install_python.sh PYTHON
# eth-brownie comes from its source archive, uncompiled: its published wheel is broken in several places.
set -eu

cd "$(dirname "$0")/.."
[ -x .venv/bin/python ] || "$1" -m venv .venv

.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt

# uv reads no pip configuration; pass on the index that pip is told to use, if any.
index=$(.venv/bin/python -m pip config get global.index-url 2>/dev/null || true)
if [ -n "${PIP_INDEX_URL:-$index}" ] && [ -z "${UV_DEFAULT_INDEX:-}" ]; then
    UV_DEFAULT_INDEX=${PIP_INDEX_URL:-$index}
    export UV_DEFAULT_INDEX
fi

BROWNIE_NOCOMPILE=1 BROWNIE_LIB=1 .venv/bin/uv pip install --quiet --python .venv/bin/python \
    --require-hashes --no-binary eth-brownie --compile-bytecode -r requirements/dev.txt
.venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --editable .
# Commands start in half the time when nothing has to be compiled first.
.venv/bin/python -m compileall -q src

# The stock launcher knows nothing of the project's compiler, nodes and networks.
root=$(pwd)
cat > .venv/bin/brownie <<LAUNCHER
#!/bin/sh
exec "$root/.venv/bin/python" "$root/tools/brownie_cli.py" "\$@"
LAUNCHER
chmod +x .venv/bin/brownie
