SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 5000
DEMO := instance/demo
TRANSLATIONS := $(patsubst %.po,%.mo,$(wildcard observer/translations/*/LC_MESSAGES/*.po))
READY := $(BIN)/.installed $(TRANSLATIONS)

# What Debian must bring: to print statements; and, for the tests, a browser and what
# Playwright's driver links to, a database, pdftotext.
PACKAGES := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core
TEST_PACKAGES := $(PACKAGES) chromium chromium-headless-shell libatomic1 postgresql poppler-utils

.PHONY: help
help: ## List what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

.PHONY: install
install: packages $(READY) ## Install what is needed to run

.PHONY: demo
demo: install ## Build a demonstration mission, print its statement, serve it (PORT=5000)
	@$(BIN)/observer demo
	@if [ "$$OBSERVER_DEMO_SERVE" != 0 ]; then \
	    echo "Serving on http://127.0.0.1:$(PORT)/  (Ctrl-C ends it)"; \
	    OBSERVER_INSTANCE=$(DEMO) OBSERVER_SECRET_KEY="$${OBSERVER_SECRET_KEY:-$$($(BIN)/python -c 'import secrets; print(secrets.token_hex(32))')}" \
	        exec $(BIN)/observer serve --port $(PORT); \
	fi

.PHONY: test
test: packages-test $(READY) ## Run the tests, on SQLite, on PostgreSQL and in a browser
	@$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

.PHONY: lint
lint: $(BIN)/.installed ## Check style, types of imports and the order of the rooms
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/lint-imports --no-logo

.PHONY: bench
bench: packages-test $(READY) ## Measure speed, as ratios within one run
	@for file in bench/*.py; do echo "== $$file"; PYTHONPATH=. $(BIN)/python $$file || exit 1; done

.PHONY: lock
lock: $(BIN)/.installed ## Lock the newest versions that pyproject.toml allows
	@$(BIN)/uv pip compile --quiet --upgrade pyproject.toml --group dev --group build \
	    --generate-hashes --python-version 3.11 --no-header -o requirements.lock

.PHONY: vendor
vendor: $(BIN)/.installed ## Fetch the browser files and fonts of static/vendor/manifest.json from npm
	@$(BIN)/python static/vendor/vendor.py

.PHONY: icons
icons: packages-test $(BIN)/.installed ## Draw the app's icons from static/icon.svg
	@$(BIN)/python static/icons/icons.py

.PHONY: translations
translations: $(BIN)/.installed ## Bring the sentences to translate up to date
	@$(BIN)/pybabel --quiet extract --mapping-file pyproject.toml --add-location file --output-file messages.pot .
	@for file in observer/translations/*/LC_MESSAGES/messages.po; do \
	    header=$$(sed '/^$$/q' $$file); \
	    $(BIN)/pybabel --quiet update --no-fuzzy-matching --ignore-obsolete --omit-header --width 100 --input-file messages.pot \
	        --output-file $$file --locale $$(basename $$(dirname $$(dirname $$file))); \
	    { echo "$$header"; echo; cat $$file; } > messages.po && mv messages.po $$file; \
	done
	@rm messages.pot

.PHONY: packages
packages:
	@$(call install_packages,$(PACKAGES))

.PHONY: packages-test
packages-test:
	@$(call install_packages,$(TEST_PACKAGES))

# Installs Debian packages that are missing when root; otherwise says in one line what to install.
define install_packages
command -v dpkg-query >/dev/null || exit 0; \
missing=""; \
for package in $(1); do \
    dpkg-query -W -f '$${db:Status-Status}' $$package 2>/dev/null | grep -qx installed || missing="$$missing $$package"; \
done; \
$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || [ -x $(BIN)/python ] || missing="$$missing python3 python3-venv"; \
if [ -n "$$missing" ]; then \
    if [ "$$(id -u)" = 0 ]; then \
        echo "Installing Debian packages:$$missing"; \
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
    else \
        echo "Please install first: sudo apt-get install$$missing"; exit 1; \
    fi; \
fi
endef

$(BIN)/.installed: requirements.lock pyproject.toml
	@echo "Installing the locked dependencies into .venv"
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

%.mo: %.po | $(BIN)/.installed
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@
