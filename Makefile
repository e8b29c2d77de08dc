# The whole product by four commands; each makes its own environment first.
PORT ?= 8000
PYTHON ?= python3
PYTEST_ARGS ?=
APPS = core accounts villages workflow households cadres assessments assistance funds reports demo povertyaid

.PHONY: demo test check fix setup

demo: setup  ## open the demo on PORT
	@.venv/bin/python manage.py demo --port $(PORT)

test: setup  ## all tests, on PostgreSQL, as the restricted role
	@.venv/bin/python -m pytest -n auto --dist loadgroup $(PYTEST_ARGS)

check: setup  ## lint, types, import order, migrations, templates
	@.venv/bin/ruff check . && .venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports
	@.venv/bin/python manage.py makemigrations --check --dry-run --verbosity 0
	@.venv/bin/python manage.py check_templates

fix: setup  ## what a tool can mend
	@.venv/bin/ruff check --fix . ; .venv/bin/ruff format .

setup: .venv/.ready

.venv/.ready: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "需要 Python 3.11 或更高版本,可用 make demo PYTHON=python3.12 指定。" or 0)'
	@$(PYTHON) -c 'import ctypes.util, sys; sys.exit(not ctypes.util.find_library("pangoft2-1.0") and "缺少 Pango:请先安装 libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0(Debian:apt-get install 后再试)。" or 0)'
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv --quiet --allow-existing --python $(PYTHON) .venv && uv pip install --quiet --python .venv/bin/python --require-hashes -r requirements.txt; \
	else \
	  $(PYTHON) -m venv .venv && .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt; \
	fi
	@touch .venv/.ready
