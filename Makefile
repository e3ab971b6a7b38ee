# All that is done with this project, on a machine with Python 3.11 or newer and make.
# Every path here is relative, so the checkout may stand in a folder with spaces in its name.

PYTHON ?= python3
UV_VERSION := 0.13.9

VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.up-to-date
# Tests share the machine with nothing else; each worker compiles no more than the numba cache lacks.
TEST_WORKERS ?= auto

# uv works on the Python that made the environment and on nothing else.
export UV_PROJECT_ENVIRONMENT := $(VENV)
export UV_PYTHON_DOWNLOADS := never
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME

# Read by the shell of `detect`, where quotes and dollar signs in them stay what they are.
export AIS CONFIG OUT OVERWRITE

.DEFAULT_GOAL := help
.PHONY: FORCE help setup detect test test-slow fuzz coverage mutants versions sbom licences check format bench bench-accuracy bench-speed sample score config docs lock clean

help: ## list the targets
	@echo 'make TARGET, where TARGET is one of'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | awk -F '|' '{printf "  %-16s%s\n", $$1, $$2}'
	@echo
	@echo 'On your own data:'
	@echo '  make detect AIS=dumps/ OUT=runs/june [CONFIG=my.yaml] [OVERWRITE=1]'
	@echo '  make detect AIS="june/*.csv.gz july/" OUT=runs/summer        several files, folders, globs'
	@echo "  make detect AIS=\"'my dumps/june' july\" OUT='runs/my june'    quotes round a name with spaces"

setup: $(STAMP) ## make the environment .venv, once

# Made anew when the lock changes, and looked at when its Python is gone.
$(STAMP): pyproject.toml uv.lock $(if $(shell $(PY) -c 'print(1)' 2>/dev/null),,FORCE)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo 'Python 3.11 or newer is needed, and "$(PYTHON)" is not that: $(PYTHON) --version says'; \
	  $(PYTHON) --version; \
	  echo 'If another one is installed, name it: make PYTHON=python3.12 ...'; exit 1; } >&2
	@if [ -e $(VENV) ] && ! $(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	  echo '$(VENV) is there, but its Python does not run or is older than 3.11 (was the folder moved, or'; \
	  echo 'Python updated?). Remove it and try again: make clean'; exit 1; fi >&2
	@[ -e $(VENV) ] || echo 'Making the environment $(VENV) (once; a minute or two)'
	@[ -e $(VENV) ] || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo 'No virtual environment could be made. On Debian and Ubuntu the module is a package of its own:'; \
	  echo '  sudo apt-get install python3-venv'; exit 1; } >&2
	@$(PY) -m pip --version >/dev/null 2>&1 || $(PY) -m ensurepip >/dev/null
	@$(PY) -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(PY) -m uv sync --frozen --inexact --python $(PY)
	@$(PY) -m pipeline.warm
	@touch $(STAMP)

detect: $(STAMP) ## find transfers: in sample_ais/, or in AIS=... into OUT=... [CONFIG=...] [OVERWRITE=1]
	@set -f; \
	if [ -z "$$AIS" ]; then set -- sample_ais; \
	elif [ -e "$$AIS" ]; then set -- "$$AIS"; \
	else eval "set -- $$AIS"; fi; \
	if [ -n "$$OUT" ]; then set -- "$$@" --out "$$OUT"; \
	elif [ -z "$$AIS" ]; then set -- "$$@" --out runs/sample --overwrite; \
	else echo 'OUT is missing: name the folder to write, for example OUT=runs/june' >&2; exit 2; fi; \
	if [ -n "$$CONFIG" ]; then set -- "$$@" --config "$$CONFIG"; fi; \
	case "$$OVERWRITE" in ''|0|no) ;; *) set -- "$$@" --overwrite;; esac; \
	exec $(PY) -m pipeline detect "$$@"

test: $(STAMP) ## the quick tests
	$(PY) -m pytest -n $(TEST_WORKERS)

test-slow: $(STAMP) ## the tests that need the real QGIS, Chromium, Spark or minutes of time
	@$(PY) -m pytest -m slow; status=$$?; \
	if [ $$status = 5 ]; then echo 'There is no slow test: nothing was run.'; else exit $$status; fi

fuzz: $(STAMP) ## hostile inputs for every reader for MINUTES (default 5); see docs/robustness.md
	@$(PY) -m uv sync --frozen --inexact --quiet --group fuzz --python $(PY)
	$(PY) -m tests.fuzz --minutes $(or $(MINUTES),5)

coverage: $(STAMP) ## which lines and branches of pipeline/ the quick tests reach, compiled ones left out
	@$(PY) -m coverage erase
	$(PY) -m coverage run -m pytest -n $(TEST_WORKERS)
	@$(PY) -m coverage combine --quiet
	@$(PY) -m coverage report --skip-covered --show-missing

mutants: $(STAMP) ## which changes to the geometry and the cleaning no test sees (an hour)
	$(PY) -m benchmarks.mutants

versions: $(STAMP) ## the same answer with the lowest versions that pyproject.toml admits? (five minutes)
	$(PY) -m benchmarks.versions

sbom: $(STAMP) ## what a run is made of, as CycloneDX: sbom.json
	@$(PY) -m uv export --quiet --frozen --no-dev --format cyclonedx1.5 --output-file sbom.json

licences: $(STAMP) ## the licence of all that a run needs; fails where one does not go with MIT
	@$(PY) -m benchmarks.licences

check: $(STAMP) ## lint, format and types; whether the lock fits pyproject.toml
	$(PY) -m uv lock --check --quiet
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy

format: $(STAMP) ## put the code in the project's format
	$(PY) -m ruff check --fix
	$(PY) -m ruff format

bench-accuracy: $(STAMP) ## 20 made-up worlds, then with data missing: what is found, beside the usual scripts
	$(PY) -m benchmarks.accuracy --seeds 20 --variants all

bench-speed: $(STAMP) ## days of 8.3 million rows against others' mere reading, scripts, MovingPandas
	$(PY) -m benchmarks.speed

bench: $(STAMP) ## how well and how fast: made-up worlds, cargo, shared MMSIs, decoding, the desk, a day
	$(PY) -m benchmarks.accuracy --seeds 3
	$(PY) -m benchmarks.cargo
	$(PY) -m benchmarks.shared_mmsi
	$(PY) -m benchmarks.decoding
	$(PY) -m benchmarks.desk
	$(PY) -m benchmarks.speed day --repeats 3

sample: $(STAMP) ## make sample_ais/ anew from its generator
	$(PY) -m benchmarks.make_sample

score: $(STAMP) ## train the score anew on made-up worlds, judge it on others (ten minutes and more)
	$(PY) -m benchmarks.train_score
	$(PY) -m benchmarks.calibration --seeds 32

config: $(STAMP) ## write configs/default.yaml, configs/schema.json, docs/config.md from the model
	$(PY) -m pipeline.config.document
	$(PY) -m pipeline.desk.config_page

docs: $(STAMP) ## write docs/outputs.md and docs/rules.md from the code
	$(PY) -m pipeline.exports.dictionary
	$(PY) -m pipeline.desk.rules_page

lock: $(STAMP) ## bring uv.lock in line with pyproject.toml (UPGRADE=1: newest versions)
	$(PY) -m uv lock $(if $(UPGRADE),--upgrade)

clean: ## remove the environment, caches and runs/sample (other runs stay)
	rm -rf $(VENV) runs/sample dist build sbom.json .coverage* .mypy_cache .ruff_cache .pytest_cache .hypothesis .fuzz
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
