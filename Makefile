# Every target does its own set-up; on a machine that has it already, that takes well under a second.
.PHONY: run test lint bench screens package clean setup setup-test
.DEFAULT_GOAL := run

PY := .venv/bin/python

setup:
	@tools/setup.sh run

setup-test:
	@tools/setup.sh test

run: setup
	@tools/run.sh

test: setup-test
	$(PY) -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

lint: setup
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy

bench: setup
	$(PY) -m tests.benchmarks

screens: setup
	QT_QPA_PLATFORM=offscreen LC_ALL=C.UTF-8 $(PY) -m desktop.screens --out out/screens

package:
	@tools/setup.sh package
	packaging/build.sh

clean:
	rm -rf build dist out .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
