# Entry points of the project; `make help` lists them. Works with GNU make 3.81 and a plain POSIX sh.

SHELL := /bin/sh
SUITE ?= all

PY := .venv/bin/python
SOLIDITY := $(shell find contracts interfaces -name '*.sol' 2>/dev/null)

# Stamps live inside what they vouch for: remove the folder and the next run builds it again.
PYTHON_STAMP := .venv/.installed
NODE_STAMP := node_modules/.installed
SOLC_STAMP := .cache/solc/.installed
NETWORK_STAMP := .home/.brownie/.networks
ABI_STAMP := .cache/abi.stamp
TOOLS_STAMP := .venv-tools/.installed
BROWSER_STAMP := .cache/browser

# Modules that the explorer's pages load, SHA-256 in the browser among them: from our own server, in our own wheel.
NOBLE := node_modules/@noble/hashes
VENDOR := src/registrum/web/static/vendor/noble-hashes
VENDOR_STAMP := $(VENDOR)/sha2.js
VERIFIER_STAMP := src/registrum/web/static/vendor/verifier/verifier.js

.PHONY: help setup demo test lint format gas bench security mutate console clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' Makefile

setup: $(PYTHON_STAMP) $(NODE_STAMP) $(VENDOR_STAMP) $(VERIFIER_STAMP) $(SOLC_STAMP) $(NETWORK_STAMP) $(ABI_STAMP) ## install everything into this folder (quick when nothing changed)

$(PYTHON_STAMP): requirements/bootstrap.txt requirements/dev.txt pyproject.toml tools/install_python.sh
	@python=$$(PYTHON='$(PYTHON)' sh tools/find_python.sh) && sh tools/install_python.sh "$$python"
	@touch $@

$(NODE_STAMP): package.json package-lock.json .npmrc
	@sh tools/find_python.sh > /dev/null
	npm ci --no-progress --loglevel=error
	@touch $@

# The last file copied is the stamp: a stamp of its own would travel in the wheel.
$(VENDOR_STAMP): $(NODE_STAMP)
	@mkdir -p $(VENDOR)
	@cp $(NOBLE)/LICENSE $(NOBLE)/_md.js $(NOBLE)/_u64.js $(NOBLE)/utils.js $(VENDOR)
	@cp $(NOBLE)/sha2.js $@

$(VERIFIER_STAMP): $(wildcard verifier/web/*) tools/build_verifier.py $(NODE_STAMP) $(PYTHON_STAMP)
	@$(PY) tools/build_verifier.py --vendor

$(SOLC_STAMP): $(NODE_STAMP) tools/solc/install.js tools/solc/solc.js tools/solc/kept.js
	@node tools/solc/install.js
	@touch $@

$(NETWORK_STAMP): network-config.yaml tools/import_networks.py $(PYTHON_STAMP)
	@$(PY) tools/import_networks.py
	@touch $@

$(ABI_STAMP): $(SOLIDITY) $(SOLC_STAMP) $(PYTHON_STAMP) brownie-config.yaml tools/compiler.py tools/export_abi.py tools/brownie_cli.py
	@$(PY) tools/export_abi.py
	@touch $@

$(TOOLS_STAMP): requirements/tools.txt tools/install_tools.sh $(PYTHON_STAMP)
	@sh tools/install_tools.sh
	@touch $@

# The path of the browser; written only when there is one, so that a later run looks again.
$(BROWSER_STAMP): $(PYTHON_STAMP) tests/browser/chromium.py
	@mkdir -p $(@D)
	@$(PY) -m tests.browser.chromium > $@.new && mv $@.new $@

demo: setup ## the whole story on a local chain; KEEP=1 leaves the chain running, for the explorer
	@$(PY) scripts/demo.py $(if $(KEEP),--keep)

test: setup $(if $(filter all browser,$(SUITE)),$(BROWSER_STAMP)) $(if $(filter all web,$(SUITE)),$(TOOLS_STAMP)) ## run the tests, two suites at a time; SUITE=contracts|client|index|web|browser|... runs one, LANES=1 one at a time
	@$(PY) tools/run_suites.py $(SUITE)

lint: setup ## formatting, style, types, and whether exported ABIs, errors, codes and the verifier's page are as they should be
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.cache/bin/forge fmt --check
	node_modules/.bin/solhint --noPrompt --noPoster --disc --max-warnings 0 'contracts/**/*.sol' 'interfaces/**/*.sol'
	$(PY) tools/export_abi.py --check
	$(PY) tools/error_docs.py --check
	$(PY) tools/code_docs.py --check
	$(PY) tools/build_verifier.py --check

format: setup ## format Python and Solidity
	.venv/bin/ruff check --fix-only --quiet
	.venv/bin/ruff format --quiet
	.cache/bin/forge fmt

gas: setup ## measure gas and compare it with gas-snapshot.json
	@$(PY) tools/gas.py

bench: setup ## speed figures, each beside the limit measured in the same run
	@$(PY) -m bench

security: setup $(TOOLS_STAMP) ## slither, semgrep, ruff, bandit, proofs, and each contract from its own sources; GATE=... runs one
	@$(PY) tools/security.py $(GATE)

mutate: setup $(TOOLS_STAMP) ## change the contracts in many small ways and see which changes the model notices
	@$(PY) tools/mutate.py

console: setup ## brownie's console on a local chain
	@.venv/bin/brownie console --network development

clean: ## remove what builds and tests leave behind; environments and keys stay
	rm -rf build reports out .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis
