# Every command that a developer needs. `make` alone lists them.

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3 python; do \
	command -v $$p >/dev/null 2>&1 && \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && \
	{ echo $$p; break; }; done)
STAMP := $(VENV)/.demur

.DEFAULT_GOAL := help
.PHONY: help demo test test-slow bench check docs format laws clean

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "make: needs Python 3.11 or newer, and found none."; \
		echo "  Debian, Ubuntu: apt install python3 python3-venv   macOS: brew install python"; \
		exit 2; fi
	@echo "== Making $(VENV) with $(PYTHON)"
	@$(PYTHON) -m venv $(VENV) || { \
		echo "make: $(PYTHON) cannot make a virtual environment."; \
		echo "  Debian, Ubuntu: apt install python3-venv"; rm -rf $(VENV); exit 2; }

$(STAMP)-demo: $(BIN)/python pyproject.toml
	@echo "== Installing demur with its extras 'local' and 'report' into $(VENV)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[local,report]'
	@touch $@

$(STAMP)-dev: $(BIN)/python pyproject.toml
	@echo "== Installing demur with all its extras into $(VENV)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[any,inspect,local,parquet,postgres,report,dev]'
	@touch $@ $(STAMP)-demo

demo: $(STAMP)-demo ## From nothing to demur-report.html: a real model, with and without a bad guardrail
	@echo "== 1 of 3  The quickstart suite against the embedded model"
	@$(BIN)/demur run > /dev/null
	@echo "== 2 of 3  The same model behind a keyword guardrail, as careless companies build it"
	@$(BIN)/demur run --input-guard keywords > /dev/null
	@echo "== 3 of 3  What the guardrail changed"
	@$(BIN)/demur compare local/smollm2 'local/smollm2 behind keywords' --html demur-report.html
	@echo
	@echo "How to read this. The embedded model is tiny: it hardly ever refuses anything, also"
	@echo "where it should, and what it says is often wrong. It shows how demur works, not how"
	@echo "a good model behaves. What over-refuses here is the guardrail: it blocks on words,"
	@echo "whoever asks and whatever for. Its blocks of harmful requests are as blind."
	@echo
	@echo "Open demur-report.html, or test the model you care about:"
	@echo "  $(BIN)/demur run quickstart --target ollama/llama3.2 --system my-prompt.txt"

test: $(STAMP)-dev ## Set up and pass the tests
	@echo "== Getting the embedded model for the tests"
	@$(BIN)/demur model get smollm2
	@echo "== Running the tests"
	@$(BIN)/python -m pytest --numprocesses auto --dist loadfile

test-slow: $(STAMP)-dev ## Simulations: minutes, not seconds
	@$(BIN)/python -m pytest tests/slow

bench: $(STAMP)-dev ## How fast it is, beside others: minutes. PEERS=no leaves those out, QUICK=yes
	@$(BIN)/demur model get smollm2
	@$(BIN)/python -m bench.throughput --peers $(or $(PEERS),yes) $(if $(filter yes,$(QUICK)),--quick)
	@$(BIN)/python -m bench.embedded $(if $(filter yes,$(QUICK)),--quick)

check: $(STAMP)-dev laws ## Format, lint, types and import contracts
	@$(BIN)/ruff format --check src tests docs bench
	@$(BIN)/ruff check src tests docs bench
	@$(BIN)/mypy
	@$(BIN)/python docs/insert_help.py --check

docs: $(STAMP)-dev ## Put the current help into the pages of the commands
	@$(BIN)/python docs/insert_help.py

laws: $(STAMP)-dev ## Who may import whom
	@$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports

format: $(STAMP)-dev ## Format and mend what the linter can
	@$(BIN)/ruff check --quiet --fix src tests docs bench || true
	@$(BIN)/ruff format --quiet src tests docs bench

clean: ## Remove what was made here; the cached model stays
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis build/bench
