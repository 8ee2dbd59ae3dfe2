# Every target does what it needs of the ones before it and says so.
PYTHON ?= python3
CITY ?=
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Offices inspect https: trust the certificates of the system, as pip does.
export UV_SYSTEM_CERTS := 1
export UV_NATIVE_TLS := 1
PORT ?=

.PHONY: help setup run demo test check bench load e2e messages clean

help:
	@echo "make demo    start a server with a made-up district to look around in (CITY=beijing, PORT=8001)"
	@echo "make test    install what tests need, run all checks and tests"
	@echo "make run     start the server on its own database, empty"
	@echo "make check   format, lint, types, arrows"
	@echo "make bench   print the tables of BENCHMARKS.md"

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@echo "== setup: installing Turnout and its locked dependencies into $(VENV)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Turnout needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V). Set PYTHON=/path/to/python3.11."; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { echo "python3 -m venv failed. On Debian or Ubuntu: apt-get install python3-venv"; exit 2; }
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $(STAMP)

run: setup
	@$(BIN)/turnout up $(if $(PORT),--port $(PORT))

demo: setup
	@$(BIN)/turnout demo $(if $(CITY),--city $(CITY)) $(if $(PORT),--port $(PORT))

check: setup
	@echo "== check: format, lint, types, arrows"
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python tools/messages.py check

test: setup
	@tools/system_packages.sh
	@$(MAKE) --no-print-directory check
	@echo "== test: the whole suite"
	@$(BIN)/pytest -n 2 -q -m "not load"
	@echo "== test: schema and row security on PostgreSQL 18 as well"
	@TURNOUT_TEST_MAJOR=18 $(BIN)/pytest -n 2 -q -m "not load and not e2e and not pg" tests/core tests/access tests/people tests/places

e2e: setup
	@tools/system_packages.sh
	@$(BIN)/pytest -q -m e2e

load: setup
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --editable '.[ray]'
	@$(BIN)/pytest -q -m load

bench: setup
	@$(BIN)/python -m benchmarks

messages: setup
	@$(BIN)/python tools/messages.py extract
	@$(BIN)/python tools/messages.py compile

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
