# Every target does the set-up that it needs: `make serve` and `make test` work on a fresh machine.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000

BIN := .venv/bin
# Named and installed before the rest, so that no resolver ever picks another build of it.
TORCH := $(shell sed -n 's/^ *"\(torch==[^"]*\)".*/\1/p' pyproject.toml)
DEBIAN := chromium curl fonts-noto-cjk
# Two runs of make on one fresh tree: the second waits, then finds everything in place.
LOCKED := $(if $(shell command -v flock),flock Makefile)
INSTALL = $(LOCKED) $(MAKE) --no-print-directory --silent
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help install serve test debian lint types format build clean serving testing

help:
	@echo 'make serve [PORT=8000 HOST=127.0.0.1 ALLOW_HOST=NAME]  install what is missing, build the index, serve'
	@echo 'make test     install what is missing, run every test (browser tests included)'
	@echo 'make install  .venv with what serving and testing need'
	@echo 'make lint     style of the code'
	@echo 'make types    types of the code'
	@echo 'make format   bring the code into style'
	@echo 'make build    read the notice again and refresh the index'
	@echo 'make clean    remove .venv and caches; var/ (index, database) stays'

install: testing

serve: serving
	@exec $(BIN)/python -m web --host $(HOST) --port $(PORT) $(addprefix --allow-host ,$(ALLOW_HOST))

build: serving
	@$(BIN)/python -m index build

test: testing debian
	@$(BIN)/python -m pytest

lint: testing
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .

types: testing
	$(BIN)/python -m mypy

format: testing
	$(BIN)/python -m ruff check --fix .
	$(BIN)/python -m ruff format .

clean:
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find index assistant web eval tests -name __pycache__ -prune -exec rm -rf {} +

serving:
	@$(INSTALL) .venv/serving.done

testing:
	@$(INSTALL) .venv/testing.done

.venv/serving.done: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo 'make: "$(PYTHON)" is missing or older than 3.11; name another: make PYTHON=python3.12 …' >&2; exit 1; }
	$(BIN)/python -m pip --version >/dev/null 2>&1 || { \
	  echo 'make: creating .venv' >&2; $(PYTHON) -m venv --clear .venv; }
	echo 'make: installing $(TORCH) and the packages of pyproject.toml (some minutes the first time)' >&2
	$(PIP) '$(TORCH)'
	$(PIP) --editable .
	touch $@

.venv/testing.done: .venv/serving.done
	echo 'make: installing the test tools' >&2
	$(PIP) --editable '.[test]'
	touch $@

debian:
	@missing=; for package in $(DEBIAN); do \
	  dpkg-query -W -f '$${Status}\n' $$package 2>/dev/null | grep -q 'install ok installed' \
	    || missing="$$missing $$package"; done; \
	[ -z "$$missing" ] && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "make: installing$$missing for the tests" >&2; \
	  apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 \
	    install --yes --no-install-recommends $$missing >/dev/null; \
	else \
	  echo "make: the tests need$$missing; install them: sudo apt-get install$$missing" >&2; exit 1; \
	fi
