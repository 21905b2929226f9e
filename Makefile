# Everything sets itself up: `make demo` and `make test` work in a fresh clone. Nothing outside .venv is installed.
SHELL := /bin/bash
VENV := .venv
PYTHON := $(VENV)/bin/python
STAMP := $(VENV)/.ready
DEMO := .demo

.PHONY: setup kernels demo test check format bench docs examples deep clean help

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 12

setup: $(STAMP)  ## make .venv with pinned packages and mentorctl itself

$(STAMP): requirements/dev.txt pyproject.toml
	@interpreter=$$(sh scripts/find-python) && $$interpreter -m venv --clear $(VENV)
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $@

kernels: $(STAMP)  ## build the C kernels, where a compiler is; does nothing when they are current
	@$(PYTHON) scripts/build_kernels.py > /dev/null

demo: $(STAMP) kernels  ## run the main job on an example workspace
	@rm -rf $(DEMO) && cp -r programs/examples/grow $(DEMO)
	@MENTORCTL=$(abspath $(VENV))/bin/mentorctl bash scripts/demo $(DEMO)

test: $(STAMP) kernels  ## lint, types and the default test suite
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check --quiet .
	@$(PYTHON) -m mypy
	@$(PYTHON) -m pytest -n 2 --dist loadfile -m "not deep"

check: $(STAMP)  ## lint and types only
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check --quiet .
	@$(PYTHON) -m mypy

format: $(STAMP)  ## format the code
	@$(PYTHON) -m ruff check --fix --quiet . ; $(PYTHON) -m ruff format --quiet .

deep: $(STAMP)  ## tests that take minutes
	@$(PYTHON) -m pytest -m deep
	@$(PYTHON) -m pytest tests/property --hypothesis-profile=searching

bench: $(STAMP) kernels  ## compare with named peers
	@for script in benchmarks/*.py; do $(PYTHON) $$script || exit 1; done

docs: $(STAMP)  ## renew the generated pages
	@$(PYTHON) scripts/make_docs.py

examples: $(STAMP)  ## renew the example rosters
	@$(PYTHON) programs/examples/make_rosters.py

clean:  ## remove everything that was made here
	rm -f engine/mentorctl/optimize/kernels/mentorctl_kernels.*
	rm -rf $(VENV) $(DEMO) .bench dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage
