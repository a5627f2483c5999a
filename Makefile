# make film   on a bare machine with Python 3.11+, git and make: a film in a few minutes
# make test   everything the tests need, and the tests
# make check  ruff, mypy and the architecture test
# make docs   executes the examples in docs/ and writes docs/help.md anew

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
UV     ?= uv
LOCK    = $(UV) pip compile --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
          --custom-compile-command "make lock" --quiet pyproject.toml

.DEFAULT_GOAL := film
.PHONY: film test check bench docs torture lock clean

film: $(VENV)/.run
	$(BIN)/reel rehearse recipes/liftoff/liftoff.toml

test: $(VENV)/.all
	$(BIN)/python -m pytest -n 2

check: $(VENV)/.all
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/python -m pytest -q -n 0 tests/test_architecture.py

bench: $(VENV)/.all
	for bench in $(basename $(notdir $(wildcard tests/bench/*.py))); do $(BIN)/python -m tests.bench.$$bench || exit 1; done

MUTATED = tests/runner/hosted/test_mutations.py tests/runner/paid/test_mutated_runs.py

torture: $(VENV)/.all
	REEL_TRIALS=20 $(BIN)/python -m pytest -n 2 tests/crash tests/property $(MUTATED)

docs: $(VENV)/.all
	$(BIN)/python docs/render_help.py docs/help.md
	$(BIN)/python -m pytest -q -n 0 tests/test_docs.py

# The pins: names, versions and hashes, and nothing about any machine or index. Needs uv.
lock:
	$(LOCK) --all-extras -o constraints.txt
	$(LOCK) --extra build -c constraints.txt -o constraints-run.txt

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
	rm -rf recipes/*/.reel recipes/*/out

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "reelmake needs Python 3.11 or newer; try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	$(PYTHON) -m venv $(VENV)

# The stamps: what is installed already is not installed again.
$(VENV)/.run: constraints-run.txt pyproject.toml | $(BIN)/python
	$(PIP) install --require-hashes -r constraints-run.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.all: constraints.txt pyproject.toml | $(BIN)/python
	$(PIP) install --require-hashes -r constraints.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.run
