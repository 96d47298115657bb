# Needs Python 3.11 or later, git and make; everything else is set up under .venv.
PYTHON ?= $(shell command -v python3 || echo python3.11)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate --no-header

.DEFAULT_GOAL := help
.PHONY: help run fast ocr opensearch test bench bench-scale bench-indexing bench-bot bench-reading bench-load chaos soak ablation pictures review lint format requirements tools clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

run: .venv/.runtime ## Start the bot; without WENJU_TOKEN, a chat page on this machine
	@$(BIN)/wenju run

fast: .venv/.fast ## Index and search a large corpus several times faster, with 200 MB more on the disk

ocr: .venv/.ocr ## Let the bot read pictures and scanned pages too, with 270 MB more on the disk

opensearch: .venv/.opensearch ## Let the bot search on an OpenSearch cluster

test: .venv/.dev tools ## Run the tests
	$(BIN)/python -m pytest --numprocesses=3 --dist=loadfile

bench: .venv/.dev ## Measure speed side by side with rank-bm25's own scan
	$(BIN)/python -m tests.benchmarks

bench-scale: .venv/.dev ## Compare the search with other engines, up to 1,000,000 paragraphs: ARGUMENTS="10000"
	$(BIN)/python -m tests.benchmarks.scale $(ARGUMENTS)

bench-indexing: .venv/.dev ## Measure the indexing of 100 MB of text files beside a plain script
	$(BIN)/python -m tests.benchmarks.indexing $(ARGUMENTS)

bench-bot: .venv/.dev ## Ask the bot over 1,000,000 paragraphs 200 questions: ARGUMENTS="100000"
	$(BIN)/python -m tests.benchmarks.bot_at_scale $(ARGUMENTS)

bench-reading: .venv/.dev ## Measure the indexing of 1,000 files of all kinds beside a plain script
	$(BIN)/python -m tests.benchmarks.reading

bench-load: .venv/.dev ## Measure 500 questions at once beside a plain bot over rank-bm25
	$(BIN)/python -m tests.benchmarks.load

chaos: .venv/.dev ## Ask 5,000 questions under faults and kill -9, and count what is lost
	$(BIN)/python -m tests.benchmarks.chaos $(ARGUMENTS)

soak: .venv/.dev ## Ask 20,000 questions in a row and watch memory and files: ARGUMENTS="--questions 100000"
	$(BIN)/python -m tests.benchmarks.soak $(ARGUMENTS)

ablation: .venv/.dev ## Measure what each means of the retrieval is worth, on judged sets: SETS="FOLDER …"
	$(BIN)/python -m tests.benchmarks.ablation $(SETS)

pictures: .venv/.dev tools ## Take the README's pictures anew, from the bot in its chat page
	$(BIN)/python -m tests.pictures

review: .venv/.runtime ## Open the query log as a web page
	@$(BIN)/wenju review

lint: .venv/.dev ## Check style, types and the compose file
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/docker-compose --profile review --profile opensearch config --quiet

format: .venv/.dev ## Format the code
	$(BIN)/python -m ruff format .
	$(BIN)/python -m ruff check --fix .

requirements: .venv/.dev ## Pin the newest versions that pyproject.toml admits, with their hashes
	$(PIP) install --quiet uv
	echo "setuptools>=77" | $(COMPILE) --upgrade pyproject.toml - --output-file requirements.txt
	for extra in fast ocr opensearch; do \
		echo "setuptools>=77" | $(COMPILE) --upgrade pyproject.toml - --extra $$extra \
			--constraint requirements.txt --output-file requirements-$$extra.txt || exit 1; \
	done
	$(COMPILE) --upgrade pyproject.toml --extra dev --extra fast --extra ocr --extra opensearch \
		--constraint requirements-fast.txt --constraint requirements-ocr.txt \
		--constraint requirements-opensearch.txt --output-file requirements-dev.txt

clean: ## Remove the environment and what the checks left; data/ stays
	rm -rf .venv .hypothesis .mypy_cache .pytest_cache .ruff_cache build wenju.egg-info

# A stamp is written last, so that an installation that was cut short is done again.
.venv/.python:
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>/dev/null || { \
		echo "wenju needs Python 3.11 or later, and $(PYTHON) is not: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; \
		exit 1; }
	$(PYTHON) -m venv .venv
	@touch $@

.venv/.runtime: .venv/.python requirements.txt pyproject.toml
	$(PIP) install --quiet --require-hashes --requirement requirements.txt
	$(PIP) install --quiet --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.fast .venv/.ocr .venv/.opensearch: .venv/.%: .venv/.runtime requirements-%.txt
	$(PIP) install --quiet --require-hashes --requirement requirements-$*.txt
	@touch $@

.venv/.dev: .venv/.runtime requirements-dev.txt
	$(PIP) install --quiet --require-hashes --requirement requirements-dev.txt
	@touch $@

# The tests drive a real Chromium, read what a real LibreOffice has written in Chinese, and search on a real
# OpenSearch cluster.
tools:
	@missing=; \
	command -v chromedriver >/dev/null || missing="chromium chromium-driver"; \
	command -v soffice >/dev/null || missing="$$missing libreoffice-writer-nogui"; \
	command -v javac >/dev/null || missing="$$missing openjdk-17-jdk-headless"; \
	command -v mvn >/dev/null || missing="$$missing maven"; \
	fc-list :lang=zh 2>/dev/null | grep -q CJK || missing="$$missing fontconfig fonts-noto-cjk"; \
	if [ -n "$$missing" ]; then \
		if [ "$$(id -u)" = 0 ]; then sudo=; else sudo="sudo -n"; fi; \
		echo "Installing $$missing for the tests …"; \
		{ command -v apt-get && $$sudo apt-get update -qq && \
			$$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; \
		} >/dev/null 2>&1 || \
		echo "Could not: install $$missing yourself for the tests." >&2; \
	fi
