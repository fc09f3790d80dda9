# The only list of commands. Everything runs from .venv, made here from pinned versions.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
export HAYSTACK_TELEMETRY_ENABLED = False

.PHONY: demo test lint samples clean

demo: .venv/.run
	$(BIN)/lunku demo

test: lint
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

samples: .venv/.dev
	$(BIN)/python -m corpus.samples.build

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/.run: pyproject.toml constraints.txt | .venv/bin/python
	@echo "安装依赖（首次约两三分钟）……"
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[ocr]'
	@touch $@

.venv/.dev: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing with development tools ..."
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@ .venv/.run

clean:
	rm -rf .venv build *.egg-info
