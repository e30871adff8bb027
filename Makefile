# make run    sets everything up in .venv, builds the demo, prints where to find the results
# make test   sets everything up, checks the code, runs the tests, but for those that are slow
# make test-slow  runs the tests that make test leaves out
# make serve  starts the dashboard and the Dagster UI on 127.0.0.1
# make new-mart NAME=...  begins a new mart: its two files, and the stubs of oracle, test and methodology
# make sbom   writes build/sbom: a bill of materials (CycloneDX) and the licences, from the lock
# make audit  checks the packages of the lock for known vulnerabilities; fails if it cannot check
# make setup-browser  installs Debian's Chromium, which draws the pictures and the PDF of the report
#             package, and poppler, with which the tests read the printed PDF
# make setup-nginx    installs Debian's nginx, for the tests of docs/nginx.conf; as a service it starts
#             at once and listens on port 80, so it is not part of setup-browser
# make setup-systemd  installs Debian's systemd, with which the tests check the units of docs/systemd
# make setup-fuse     installs Debian's fuse3, with which the tests mount a disk that loses power

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DBT := build/dbt
PROJECT := pyproject.toml requirements.in
COMPILE := uv pip compile --universal --python-version 3.11 \
	--generate-hashes --no-strip-extras --no-header --no-annotate --quiet

SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
DEMO := --inbox data/demo --as-of 2021-12-31

export GX_ANALYTICS_ENABLED := false

.PHONY: run test test-slow serve check demo docs new-mart bench bench-large lock sbom audit clean \
	setup-browser setup-nginx setup-fuse setup-systemd
.DEFAULT_GOAL := run

run: $(VENV)/.installed
	$(BIN)/nora build $(DEMO)

# Three processes on two cores: many tests wait for processes that they start.
PYTEST := POLARS_MAX_THREADS=1 $(BIN)/python -m pytest -n 3 --dist loadscope --no-loadscope-reorder

test: $(VENV)/.installed-dev check
	$(PYTEST)

test-slow: $(VENV)/.installed-dev
	$(PYTEST) -m slow

check: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

serve: $(VENV)/.installed
	$(BIN)/nora serve $(DEMO)

demo: $(VENV)/.installed
	$(BIN)/python -m data.generator.generate

docs: $(VENV)/.installed
	$(BIN)/python -m assets.vocabulary.json_schemas
	$(BIN)/python -m assets.vocabulary.dictionary > docs/data_dictionary.md

new-mart: $(VENV)/.installed-dev
	@$(BIN)/python -m bench.new_mart $(NAME)

bench: $(VENV)/.installed-dev $(DBT)/.installed
	$(BIN)/python -m bench.build --rounds 2
	$(BIN)/python -m bench.growth --limit 300
	$(BIN)/python -m bench.years
	$(BIN)/python -m bench.deliveries
	$(BIN)/python -m bench.load
	$(BIN)/python -m bench.identity_numbers
	$(BIN)/python -m bench.marts --rounds 1
	$(BIN)/python -m bench.peers --rounds 1
	$(BIN)/python -m bench.disclosure
	$(BIN)/python -m bench.dashboard

bench-large: $(VENV)/.installed-dev
	$(BIN)/python -m bench.peers --participants 10000000 --tools duckdb ours \
		--rounds 1 --limit 1800
	$(BIN)/python -m bench.growth --participants 1000 10000 100000 1000000 10000000 --limit 3600

lock:
	$(COMPILE) $(PROJECT) -o requirements.lock
	$(COMPILE) $(PROJECT) --extra dev -c requirements.lock -o requirements-dev.lock
	$(COMPILE) bench/peers/dbt/requirements.in -o bench/peers/dbt/requirements.lock

sbom: $(VENV)/.installed-dev
	$(BIN)/python -m bench.bill_of_materials build/sbom

# --strict, because without it a package that the database does not know counts as safe.
audit: $(VENV)/.installed-dev
	@$(BIN)/pip-audit --strict --require-hashes --disable-pip --progress-spinner off -r requirements.lock || \
		{ echo "NOT AUDITED, or not safe: a table above lists known vulnerabilities; an error means that"; \
		echo "their database could not be reached, or does not know a package. Then nothing is known."; \
		exit 1; }

setup-browser:
	@{ command -v chromium && command -v pdftotext; } > /dev/null || \
		{ $(SUDO) apt-get update -q && $(SUDO) apt-get install -y -q chromium poppler-utils; }

setup-nginx:
	@PATH="$$PATH:/usr/sbin" command -v nginx > /dev/null || \
		{ $(SUDO) apt-get update -q && $(SUDO) apt-get install -y -q nginx-light; }

setup-fuse:
	@command -v fusermount3 > /dev/null || \
		{ $(SUDO) apt-get update -q && $(SUDO) apt-get install -y -q fuse3; }

setup-systemd:
	@command -v systemd-analyze > /dev/null || \
		{ $(SUDO) apt-get update -q && $(SUDO) apt-get install -y -q systemd; }

clean:
	rm -rf $(VENV)

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; set PYTHON=python3.12, for example."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ echo "Python's venv module is needed (Debian: apt-get install python3-venv)."; exit 1; }
	@touch $@

$(VENV)/.installed: $(VENV)/.python requirements.lock pyproject.toml
	@echo "Installing the packages of the lock into $(VENV) (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.lock
	@echo "Installing the packages of the tests into $(VENV) (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

$(DBT)/.installed: bench/peers/dbt/requirements.lock
	@echo "Installing dbt, which is only measured, into $(DBT) (once) ..."
	@$(PYTHON) -m venv $(DBT)
	@$(DBT)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@
