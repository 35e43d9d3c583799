# Two commands do everything on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check
ARGS ?=
SECONDS ?= 60
SEED ?=

.PHONY: demo demo-cluster test test-large fuzz lint types up check messages fonts screenshots benchmarks clean

demo: $(VENV)/.runtime ## make the made-up region, run the whole path, serve the site
	$(BIN)/lantai demo $(ARGS)

demo-cluster: $(VENV)/.dev ## the demo with a second place for copies, on a SeaweedFS cluster of its own
	PYTHONPATH=. $(BIN)/python tools/demo_cluster.py $(ARGS)

test: $(VENV)/.dev ## every test; brings Chromium and clamd by apt where it may
	PATH="$(abspath $(BIN)):$$PATH" sh tools/test.sh $(ARGS)

fuzz: $(VENV)/.dev ## broken packages and documents for SECONDS; SEED=… of a case that made trouble replays it
	PYTHONPATH=src:. $(BIN)/python -m tests.fuzz --seconds $(SECONDS) --seed "$(SEED)"

test-large: $(VENV)/.dev ## packages of full size: 50,000 files, one file of 20 GB
	$(BIN)/python -m pytest -n 0 -m large $(ARGS)

up: $(VENV)/.runtime ## serve the site and work, on the embedded database
	$(BIN)/lantai up $(ARGS)

check: $(VENV)/.runtime ## settings, database, log and store
	$(BIN)/lantai check $(ARGS)

lint: $(VENV)/.dev
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && PYTHONPATH=. $(BIN)/lint-imports

types: $(VENV)/.dev
	MYPYPATH=src $(BIN)/mypy

messages: $(VENV)/.dev ## collect message ids and compile catalogues
	$(BIN)/python tools/messages.py

screenshots: $(VENV)/.dev ## docs/images, from a site that holds the demo
	$(BIN)/python tools/screenshots.py $(ARGS)

benchmarks: $(VENV)/.dev
	for program in benchmarks/[a-z]*.py; do $(BIN)/python $$program --quick || exit 1; done

$(VENV)/.runtime: requirements/runtime.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r requirements/runtime.txt
	$(PIP) --no-deps --no-build-isolation -e . 2>/dev/null || $(PIP) --no-deps -e .
	$(BIN)/python -m compileall -q -j 0 src/lantai # a parser in its sandbox may write nothing itself
	touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.txt
	$(PIP) --require-hashes -r requirements/dev.txt
	touch $@

clean: ## the virtual environment and what was built; never the archives' data in var/
	rm -rf $(VENV) build dist src/*.egg-info
