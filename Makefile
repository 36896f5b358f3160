# Everything goes through a handful of targets; `make` alone lists them.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test setup bench chaos fuzz mutants fmt lint types moved

PORT ?=
ARGS ?=
T ?=
WORKERS ?= 3
BIN := .venv/bin

# Where Python may keep no compiled files, every process that starts compiles the whole desk again, for seconds.
export PYTHONDONTWRITEBYTECODE :=

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | awk -F '\t' '{ printf "make %-7s %s\n", $$1, $$2 }'

run: .venv/.stamp ## start everything on this machine and print the addresses (PORT=8010 asks for a port)
	@exec $(BIN)/callcenter run $(if $(PORT),--port $(PORT)) $(ARGS)

test: lint types ## every check and every test (T=tests/unit narrows the tests, WORKERS=4 spreads them)
	@$(BIN)/python -m tests.tools.ensure_browser
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(T)

setup: .venv/.stamp ## only build the environment in .venv
	@:

bench: .venv/.stamp ## measure the line against a bare Flask application
	@exec $(BIN)/python -m tests.bench $(ARGS)

chaos: .venv/.stamp ## ten thousand histories, killed processes, cut wires (ARGS="--only kills --seconds 60")
	@exec $(BIN)/python -m tests.chaos $(ARGS)

fuzz: .venv/.stamp ## odd requests to every route, on both databases (ARGS="--requests 100000 --seed 7")
	@exec $(BIN)/python -m tests.fuzz $(ARGS)

mutants: .venv/.stamp ## break the rules on purpose and count what their tests notice (ARGS="waiting --show")
	@exec $(BIN)/python -m tests.tools.mutants $(ARGS)

fmt: .venv/.stamp ## put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lint: .venv/.stamp ## style, format, the floors of the architecture, and nothing that is not used
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m tests.tools.unused

types: .venv/.stamp ## mypy, strict
	$(BIN)/mypy

# The stamp holds the checkout's path: an environment moved elsewhere is built anew.
.venv/.stamp: requirements.lock .ci/setup $(if $(filter $(CURDIR),$(shell cat .venv/.stamp 2>/dev/null)),,moved)
	@.ci/setup

moved:
