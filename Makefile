# Two commands: `make demo` builds the example investigations, `make test` runs every test. Both set up all they need.
.DEFAULT_GOAL := help
.PHONY: help demo test lint bench proof lock clean

# The real samples, where a checkout has them beside it; otherwise the program's cache, or nothing.
ifneq ($(wildcard ../shared/samples/MANIFEST.json),)
export DATELINE_SAMPLES ?= $(abspath ../shared/samples)
endif
PY := .venv/bin/python
# Small matrices by the thousand: one thread each is faster than two that wait for each other.
export OPENBLAS_NUM_THREADS ?= 1
export OMP_NUM_THREADS ?= 1

help:  ## what there is to make
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 8

demo:  ## set up and build the three example investigations
	@scripts/setup requirements.lock
	@.venv/bin/dateline demo

test:  ## set up and run every test, the linters and the type checker
	@scripts/setup requirements-dev.lock
	@$(MAKE) --no-print-directory lint
	@echo "test: $(if $(DATELINE_SAMPLES),real samples found,REAL SAMPLES ARE MISSING: the tests that need them are skipped)"
	@$(PY) -m pytest -q -n 2 --dist loadfile

lint:
	@.venv/bin/ruff format --check --quiet . && .venv/bin/ruff check --quiet . && .venv/bin/mypy --no-error-summary && .venv/bin/lint-imports --no-cache >/dev/null || { .venv/bin/lint-imports --no-cache | tail -30; exit 1; }
	@echo "lint: format, rules, types and layers are in order"

bench:  ## compare speed and memory with the peers, in one run (installs them in .venv-bench)
	@scripts/setup requirements-dev.lock
	@benchmarks/run

proof:  ## run the long tests (faults, kills, scale) and the full simulations, and write docs/proof.md
	@scripts/setup requirements-dev.lock
	@$(PY) -m pytest -q -s -m slow
	@HYPOTHESIS_PROFILE=exploring $(PY) -m pytest -q tests/core tests/ledger tests/properties
	@$(PY) -m tests.coverage.proof

lock:  ## make the lock files again from pyproject.toml (needs uv)
	@scripts/lock

clean:  ## remove what was installed and built
	rm -rf .venv .venv-bench examples/*/site examples/*/findings examples/*/.dateline
