# Everything one can run here; `make help` lists it. Needs Python 3.11 and make, nothing else.
# Pass arguments on with ARGS: make test ARGS="tests/properties -x", make run ARGS="--workers 2".

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

# 3.11 is what we test on; a newer Python is taken only where there is no 3.11.
PYTHON ?= $(shell for p in python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV   := .venv
PY     := $(VENV)/bin/python
SARING := $(VENV)/bin/saring
ARGS   ?=

# Hashes for every package, and wheels alone: what is installed is what was locked, and nothing is built here.
# Python compiles what it imports; compiling all of it beforehand would take a third of the set-up's time.
INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --no-input \
	--require-hashes --only-binary :all: --no-deps --no-compile
LOCK := $(PY) -m uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header

# Stamps remember what the environment was made from, so that a second run costs nothing.
RUN_STAMP := $(VENV)/.saring-run
DEV_STAMP := $(VENV)/.saring-dev

# A Python that was taken away since leaves an environment that points nowhere: it is made anew.
$(shell test -x $(PY) || rm -f $(VENV)/pyvenv.cfg)

$(VENV)/pyvenv.cfg:
	@test -n "$(PYTHON)" || { echo "Saring needs Python 3.11, and there is none here." \
		"On Debian and Ubuntu: apt-get install python3.11 python3.11-venv" >&2; exit 1; }
	@echo "Making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); exit 1; }

# The project itself comes last, from this folder, built by the hashed hatchling just installed.
$(RUN_STAMP): $(VENV)/pyvenv.cfg requirements.lock requirements-build.lock pyproject.toml
	@echo "Installing what Saring needs to run"
	@$(INSTALL) -r requirements.lock -r requirements-build.lock
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-input --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV_STAMP): $(RUN_STAMP) requirements-dev.lock
	@echo "Installing the tools for tests and checks"
	@$(INSTALL) -r requirements-dev.lock
	@touch $@

##@ Run
.PHONY: run
run: $(RUN_STAMP) ## Set up, then serve on http://127.0.0.1:8080 with a demo site (obeys SARING_* variables)
	@SARING_DEMO="$${SARING_DEMO:-1}" exec $(SARING) serve $(ARGS)

.PHONY: setup
setup: $(RUN_STAMP) ## Install what Saring needs to run into .venv
	@echo "Saring is installed: try $(SARING) --help"

##@ Develop
.PHONY: test
test: $(DEV_STAMP) $(if $(wildcard tests/browser),browser) ## Set up, then run the whole test suite
	@$(PY) -m pytest $(ARGS)

.PHONY: check
check: $(DEV_STAMP) ## Lint, format, types, import layers, containers, addresses (changes nothing)
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy
	@$(PY) -m tools.layers
	@$(PY) -m tools.addresses
	@$(PY) -m tools.containers

.PHONY: format
format: $(DEV_STAMP) ## Rewrite the code as ruff would have it
	@$(VENV)/bin/ruff check --fix .
	@$(VENV)/bin/ruff format .

.PHONY: browser
browser: ## Fetch Debian's Chromium for the browser tests
	@tools/browser.sh

.PHONY: bench
bench: $(DEV_STAMP) ## Run the benchmarks; each prints a table with machine and versions
	@set -e; for program in tests/benchmarks/[a-z]*.py; do \
		echo "== $$program"; $(PY) -m "tests.benchmarks.$$(basename "$$program" .py)" $(ARGS); done

.PHONY: reproduce
reproduce: $(DEV_STAMP) ## Train the shipped model again and compare it with the one in the repository
	@$(SARING) train --reproduce

##@ Keep house
.PHONY: lock
lock: $(DEV_STAMP) ## Write the lock files again, with the newest versions that pyproject.toml admits
	@$(LOCK) --upgrade pyproject.toml --output-file requirements.lock
	@$(LOCK) --upgrade --group build --output-file requirements-build.lock
	@$(LOCK) --upgrade pyproject.toml --extra test --extra check --group lock --constraints requirements.lock \
		--constraints requirements-build.lock --output-file requirements-dev.lock

.PHONY: clean
clean: ## Remove the environment and everything built (keeps ./var, where the data is)
	@rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help
help: ## Show this list
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
