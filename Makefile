# `make run` looks at Evenkeel with its demonstration organisation; `make test` proves it. Nothing needs preparing but Python 3.11+.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
PORT ?= 8501
ADDRESS ?= localhost
WORKERS ?= 2
BIN := .venv/bin
PY := $(BIN)/python
PIP := $(PY) -m pip --disable-pip-version-check

.PHONY: help run demo test test-long lint lock docs bench screens clean

help: ## list these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

.venv/base.done: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Evenkeel needs Python 3.11 or newer. Set PYTHON=python3.12, for example."; exit 1; }
	@test -x $(PY) || { echo "Making the environment in .venv ..."; $(PYTHON) -m venv .venv; }
	@echo "Installing what Evenkeel needs to run ..."
	@$(PIP) install -r requirements.txt
	@touch $@

.venv/dev.done: requirements-dev.txt .venv/base.done
	@echo "Installing what tests need ..."
	@$(PIP) install -r requirements-dev.txt
	@touch $@

.venv/bench.done: requirements-bench.txt .venv/base.done
	@$(PIP) install -r requirements-bench.txt
	@touch $@

.PHONY: programs
programs: .venv/dev.done # what tests start besides Python: a browser, and nginx
	@$(PY) -m scripts.find_browser
	@$(PY) -m scripts.find_nginx

run: export EVENKEEL_DEMO ?= 1
run: .venv/base.done ## set up, load the demonstration organisation into an empty database, serve on http://localhost:8501
	@$(PY) -m core db upgrade
	@if [ "$$EVENKEEL_DEMO" = 1 ]; then $(PY) -m core demo load --if-empty; fi
	@$(PY) -m scripts.say_where $(PORT)
	@$(PY) -m streamlit run app.py --server.address $(ADDRESS) --server.port $(PORT)

demo: .venv/base.done ## load the demonstration organisation into an empty database, without serving
	@$(PY) -m core db upgrade
	@$(PY) -m core demo load

test: lint programs ## set up and run everything, a browser and a database included
	@$(PY) -m pytest -n $(WORKERS) --dist worksteal -m "not long"

test-long: programs ## what does not fit into the quick run
	@$(PY) -m pytest -n $(WORKERS) --dist worksteal -m long

lint: .venv/dev.done ## style, types, and which part may import which
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

docs: .venv/base.done ## write the generated pages of docs/ again
	@$(PY) -m scripts.write_docs

bench: .venv/bench.done ## print the protection bench and speed as ratios
	@$(PY) -m tests.benchmarks

screens: programs ## take the pictures of docs/screens again: every screen and state, two widths, light and dark
	@$(PY) -m scripts.take_screens

lock: .venv/dev.done ## resolve the ranges in pyproject.toml into the requirements files
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header pyproject.toml -o requirements.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header -c requirements.txt --group dev -o requirements-dev.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header -c requirements.txt --group bench -o requirements-bench.txt

clean: ## remove the environment and caches; data stays
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis
