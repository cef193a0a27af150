# Every target sets up what it needs: on a bare machine, Python 3.11 (with venv) and make are enough.
# `make` alone lists the targets. Extra words for a command: make test ARGS="-k silence", make demo ARGS="--port 9000".

VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime-installed
DEVELOPMENT := $(VENV)/.development-installed

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1

# The first Python that is 3.11 or later and can make a virtual environment. Name another: make PYTHON=/path/to/python
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3.14 python3; do \
	$$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
	&& echo $$python && break; done)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install demo test lint format types messages learn eval bench screenshots lock clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 16

install: $(RUNTIME) ## the program alone, in .venv

demo: $(RUNTIME) ## the whole product on this machine, no token needed
	$(BIN)/alliance demo $(ARGS)

test: $(DEVELOPMENT) ## all tests
	$(BIN)/python -m pytest $(ARGS)

lint: $(DEVELOPMENT) ## rules and format; changes nothing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(DEVELOPMENT) ## mend what lint can mend by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(DEVELOPMENT) ## mypy, strict
	$(BIN)/mypy

messages: $(RUNTIME) ## the state of the catalogues
	$(BIN)/python -m bot messages $(ARGS)

learn: $(DEVELOPMENT) ## learn the weights anew from the labelled sentences
	$(BIN)/python -m tests.learn

eval: $(DEVELOPMENT) ## how well clients' words are read
	$(BIN)/python -m tests.evaluate $(ARGS)

bench: $(DEVELOPMENT) ## the figures
	$(BIN)/python -m tests.bench $(ARGS)

screenshots: $(DEVELOPMENT) ## pictures of the demo
	$(BIN)/python -m tests.screenshots $(ARGS)

# Keeps the pinned versions that still fit pyproject.toml; `make lock UPGRADE=1` takes the newest.
# No index, host or path of the machine is written. --allow-unsafe: pip-tools itself needs pip and setuptools locked.
LOCK = CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile pyproject.toml --quiet --generate-hashes \
	--allow-unsafe --strip-extras --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options \
	$(if $(UPGRADE),--upgrade)

lock: $(DEVELOPMENT) ## write requirements*.txt anew, with hashes (Python 3.11)
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11) and "make lock: the lock is made with Python 3.11; run: make clean, then make lock PYTHON=python3.11")'
	$(LOCK) --output-file requirements.txt
	$(LOCK) --extra dev --constraint requirements.txt --output-file requirements-dev.txt
	$(LOCK) --build-deps-for wheel --build-deps-for editable --only-build-deps --constraint requirements-dev.txt \
		--output-file requirements-build.txt

clean: ## remove what these targets made; never data
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find bot tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUNTIME): requirements.txt requirements-build.txt pyproject.toml bot/__init__.py
	@test -n "$(PYTHON)" || { printf '%s\n' \
		"Alliance needs Python 3.11 or later, with its venv module, and found none." \
		"On Debian or Ubuntu: sudo apt-get install python3 python3-venv" \
		"If it is installed elsewhere: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	@test -x $(BIN)/pip || { echo "Setting up $(VENV) with $(PYTHON); this is done once."; $(PYTHON) -m venv --clear $(VENV); }
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-build.txt -r requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(DEVELOPMENT): $(RUNTIME) requirements-dev.txt
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	@touch $@
