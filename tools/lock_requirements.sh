#!/bin/sh
# Compile the locked requirement files from pyproject.toml and requirements/tools.in: lock_requirements.sh [--upgrade]
# The files carry exact versions and hashes, no index; one file serves every platform and Python 3.11 to 3.13.
set -eu

cd "$(dirname "$0")/.."
compile() {
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header "$@"
}

printf 'uv\n' | compile "$@" --output-file requirements/bootstrap.txt -
compile "$@" --output-file requirements/client.txt pyproject.toml
compile "$@" --constraint requirements/client.txt --extra server --extra postgresql --extra evidence \
    --output-file requirements/server.txt pyproject.toml
BROWNIE_NOCOMPILE=1 BROWNIE_LIB=1 compile "$@" --no-binary eth-brownie --extra dev \
    --output-file requirements/dev.txt pyproject.toml
compile "$@" --output-file requirements/tools.txt requirements/tools.in
