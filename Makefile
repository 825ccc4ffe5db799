# The two commands: `make run` and `make test`. Everything they need is set up by them.
SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
UV_VERSION := 0.13.9
MO := locale/vi/LC_MESSAGES/django.mo
WEB_SOURCES := $(shell find web -type f -not -path 'web/node_modules/*' -not -path 'web/dist/*' 2>/dev/null)

.PHONY: run test check setup web openapi images clean help bench-locate bench-feed bench-photos \
	fuzz-photos bench-bbox bench-names bench-log bench-intake bench-push

help: ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

run: .venv/.runtime $(MO) web/dist/.built ## set up everything and start the product with its demo province
	@DEMO=$${DEMO:-1} PORT=$(PORT) $(BIN)/python manage.py serve --prepare --demo --port $(PORT)

test: .venv/.dev $(MO) web/dist/.built ## set up and run all tests
	@scripts/test

check: .venv/.dev $(MO) web/node_modules/.installed ## formatting, lint, types, contracts, migrations, API snapshot
	@scripts/check

setup: .venv/.dev $(MO) web/dist/.built ## what run and test set up, without starting anything

web: web/dist/.built ## build the web client

openapi: .venv/.dev ## write docs/openapi.yaml and the web client's types from the code
	$(BIN)/python manage.py spectacular --file docs/openapi.yaml --validate --fail-on-warn
	cd web && npm run --silent api

.venv/bin/uv:
	@scripts/say "Making the Python environment" "Tạo môi trường Python"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; PYTHON=… names another."; exit 1; }
	@$(PYTHON) -m venv .venv \
		|| { echo "Python cannot make a virtual environment: apt install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.venv/.runtime: .venv/bin/uv requirements/runtime.lock
	@scripts/say "Installing the Python packages" "Cài đặt các gói Python"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/runtime.lock
	@touch $@

.venv/.dev: .venv/bin/uv requirements/dev.lock
	@scripts/say "Installing the Python packages for tests" "Cài đặt các gói Python cho kiểm thử"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.lock
	@touch $@ .venv/.runtime

$(MO): locale/vi/LC_MESSAGES/django.po | .venv/.runtime
	@$(BIN)/pybabel -q compile -i $< -o $@

web/node_modules/.installed: web/package-lock.json
	@command -v node >/dev/null \
		&& node -e 'process.exit(+process.versions.node.split(".")[0] < 20 ? 1 : 0)' \
		|| { echo "Node 20 or newer is needed to build the web pages."; exit 1; }
	@scripts/say "Installing the web packages" "Cài đặt các gói web"
	@cd web && npm ci --silent --no-audit --no-fund
	@touch $@

web/dist/.built: web/node_modules/.installed $(WEB_SOURCES)
	@scripts/say "Building the web pages" "Dựng các trang web"
	@cd web && npm run --silent build
	@touch $@

bench-locate: .venv/.dev ## where a point lies, beside PostGIS, STRtree and which-polygon
	@$(BIN)/python -m benchmarks.locate

bench-photos: .venv/.dev ## what a photo costs, beside libvips and naive Pillow; QUICK=1 is short
	@$(BIN)/python -m benchmarks.photos

fuzz-photos: .venv/.dev ## spoil photos for SECONDS (600) and decode them; FILES names a folder of seeds
	@$(BIN)/python -m benchmarks.photos.fuzz --seconds $(or $(SECONDS),600) $(if $(FILES),--files $(FILES))

bench-feed: .venv/.dev ## deliveries of the live feed beside Channels, socket.io and nchan; QUICK=1 is short, TLS=1 is by TLS
	@$(BIN)/python -m benchmarks.feed

bench-bbox: .venv/.dev ## the board's map over a million tickets on PostgreSQL
	@$(BIN)/python -m benchmarks.bbox

bench-names: .venv/.dev ## searching 60,000 names
	@$(BIN)/python -m benchmarks.names

bench-log: .venv/.dev ## what the log costs its writers, how soon a client hears; QUICK=1 is short
	@$(BIN)/python -m benchmarks.log

bench-intake: .venv/.dev $(MO) ## reports through HTTP beside bare DRF; QUICK=1 is short
	@$(BIN)/python -m benchmarks.intake

clean: ## remove what was set up; data in var/ stays
	rm -rf .venv web/node_modules web/dist $(MO)

images: .venv/.dev $(MO) web/dist/.built ## take the pictures of docs/images again
	@source scripts/services.sh && ensure_services && UPDATE_IMAGES=1 $(BIN)/pytest tests/browser -k three_windows

bench-push: .venv/.dev ## planning and sending pushes to a local FCM 50 ms away; needs PostgreSQL
	@$(BIN)/python -m benchmarks.push
