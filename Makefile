# Everything a newcomer or a maintainer runs. Relative paths only: the folder may have a space in its name.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
WORKERS ?= 2 # processes that run tests side by side
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q install --require-hashes --only-binary :all:
# Published as source only; a tool of the tests needs it.
FROM_SOURCE := --no-binary cpe
SELF := $(BIN)/python -m pip --disable-pip-version-check -q install --no-deps --no-build-isolation -e .
PROTOS := $(sort $(wildcard proto/rogatory/v1/*.proto))

.DEFAULT_GOAL := help
.PHONY: help demo test coverage test-fast check format bench proto client proto-baseline requirements clean

help: ## what can be made
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile

$(VENV)/run.stamp: requirements/run.txt pyproject.toml
	@echo "setting up $(VENV) (once; needs the network) ..." >&2
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Rogatory needs Python 3.11 or newer; try: make PYTHON=python3.11 ...")'
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) -r requirements/run.txt
	@$(SELF)
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp requirements/dev.txt
	@echo "installing the test and lint tools (once) ..." >&2
	@$(PIP) --no-deps $(FROM_SOURCE) -r requirements/dev.txt
	@touch $@

demo: $(VENV)/run.stamp ## a whole federation on this machine, until Ctrl-C
	@$(BIN)/python -m broker.cli demo $(ARGS)

test: $(VENV)/dev.stamp ## the whole suite
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

coverage: $(VENV)/dev.stamp ## the whole suite again, counting which lines and branches it runs
	@rm -f .coverage .coverage.*
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --cov --cov-report= $(ARGS)
	@$(BIN)/python -m coverage combine -q 2>/dev/null || true
	$(BIN)/python -m coverage report

test-fast: $(VENV)/dev.stamp ## unit tests only: seconds
	$(BIN)/python -m pytest tests/unit -q $(ARGS)

check: $(VENV)/dev.stamp ## format, lint, types, import floors, what is generated
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/python -m mypy
	$(BIN)/lint-imports
	cd proto && PATH="../$(BIN):$$PATH" buf lint
	cd proto && PATH="../$(BIN):$$PATH" buf breaking --against baseline.binpb
	$(BIN)/python proto/check_generated.py
	$(BIN)/python clients/python/make.py --check

format: $(VENV)/dev.stamp ## let the formatter have its way
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/dev.stamp ## measure; writes build/bench.json
	$(BIN)/python -m benchmarks $(ARGS)

proto: $(VENV)/dev.stamp ## regenerate the protobuf modules
	$(BIN)/python proto/check_generated.py --write

client: $(VENV)/dev.stamp ## regenerate what of the Python client is made of other files
	$(BIN)/python clients/python/make.py

proto-baseline: $(VENV)/dev.stamp ## accept today's messages as what later ones must stay compatible with
	cd proto && PATH="../$(BIN):$$PATH" buf build --exclude-source-info -o baseline.binpb

requirements: $(VENV)/dev.stamp ## refresh the pins (maintainers; needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --only-binary :all: --group pyproject.toml:build pyproject.toml -o requirements/run.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --only-binary :all: $(FROM_SOURCE) --group pyproject.toml:build --group pyproject.toml:test --group pyproject.toml:lint --group pyproject.toml:proto --group pyproject.toml:client -c requirements/run.txt --override requirements/without.txt pyproject.toml -o requirements/dev.txt

clean: ## forget what was built, the virtual environment included
	rm -rf $(VENV) build .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
