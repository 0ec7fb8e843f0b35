# Everything runs from the project's own environment, made on first use. Needed beforehand: Python 3.11+ and make.
#
#   make test PYTHON=python3.12 VENV=.venv312     another Python, in an environment of its own

VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
FROM ?= python3 python3.11 python3.12 python3.13 python3.14
JOBS ?= auto
PYTEST_ARGS ?=
BENCH_ARGS ?=

export PIP_DISABLE_PIP_VERSION_CHECK := 1

# What `make demo` plays.
DEMO = $(BIN)/wend simulate examples/winback --from 2026-01-01 --to 2027-06-30 --mail out/winback

.DEFAULT_GOAL := help
.PHONY: help venv demo test bench lint format coverage clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: $(STAMP) ## play the win-back example over its contacts; the mails land in out/
	$(DEMO)

test: lint ## all checks and all tests
	$(BIN)/python -m pytest -n $(JOBS) $(PYTEST_ARGS)

bench: $(VENV)/.bench ## how fast rules are evaluated, beside other engines
	$(BIN)/python -m benchmarks $(BENCH_ARGS)

lint: $(STAMP) ## ruff, mypy, pyright
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pyright --pythonpath $(BIN)/python

format: $(STAMP) ## put code and imports in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

coverage: $(STAMP) ## the tests, and what they do not reach
	$(BIN)/python -m pytest -n $(JOBS) --cov --cov-report=term:skip-covered $(PYTEST_ARGS)

venv: $(STAMP) ## the environment, without running anything

clean: ## remove the environment, caches and what was built
	rm -rf $(VENV) build dist out htmlcov .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The first Python of the list that is new enough (a version manager may offer names that do not run).
$(STAMP): pyproject.toml
	@set -e; if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
	  for python in $(or $(PYTHON),$(FROM)); do \
	    if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$python; break; fi; \
	  done; \
	  if [ -z "$$found" ]; then \
	    echo "make: no Python 3.11 or newer among: $(or $(PYTHON),$(FROM)) (name one with PYTHON=...)" >&2; exit 1; \
	  fi; \
	  echo "making $(VENV) with $$($$found --version)"; \
	  $$found -m venv --clear $(VENV); \
	fi
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

# The engines to compare with. Where one cannot be installed, the comparison goes on without any that is missing.
$(VENV)/.bench: $(STAMP)
	$(BIN)/python -m pip install --quiet --editable '.[bench]' || echo "make: some engines cannot be installed here" >&2
	@touch $@
