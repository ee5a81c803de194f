# `make run` serves; `make test` tests; both install what they need on a fresh Debian or Ubuntu.
# One profile for everything, so that llama.cpp is compiled once.
CARGO = cargo
PROFILE = --release
MICROGPT = target/release/microgpt
DATA ?= ../shared/data

.PHONY: run build models test test-clients lint bench bench-load bench-page fit-router fit-cache fit-difficulty train-micro fuzz setup setup-browser clean

run: models
	$(MICROGPT) ingest
	$(MICROGPT) serve

setup:
	@scripts/setup

build: setup
	$(CARGO) build $(PROFILE)

models: build
	$(MICROGPT) models pull

# Chromium and Node.js for the browser tests; where they can't be had, those are skipped by name.
setup-browser:
	@scripts/setup-browser

test: models setup-browser
	$(MICROGPT) models pull smollm2-135m-instruct
	cd models/training && python3 -m unittest discover --start-directory tests
	$(CARGO) test $(PROFILE) --tests

# The official OpenAI client for Python against a running server.
test-clients: models
	scripts/test-clients

lint: setup
	$(CARGO) fmt --check
	$(CARGO) clippy $(PROFILE) --all-targets -- -D warnings

# DATA=DIR: sets outside the repository; those not there are named and skipped.
bench: models
	DATA=$(DATA) $(CARGO) run $(PROFILE) --quiet --example bench

# Many clients at once, and kill -9 under their load.
bench-load: models
	$(CARGO) run $(PROFILE) --quiet --example bench -- load

# First paint and bytes of the chat page, in headless Chromium.
bench-page: models setup-browser
	scripts/bench-page

# Fits models/router/local.json anew (fit-cache: cache.json) on labelled questions under DATA.
fit-router: models
	DATA=$(DATA) scripts/fit-router

fit-cache: models
	DATA=$(DATA) scripts/fit-cache

# Fits models/router/difficulty.json anew on labelled requests under DATA, and prints what it is worth.
fit-difficulty: setup
	$(CARGO) run $(PROFILE) --quiet --example fit-difficulty -- $(DATA) models/router/difficulty.json

# Tunes the micro model on the sets under DATA: on a GPU, or with SCALE=cpu a small run of about an hour. SCALE=student
# makes a smaller model of the shipped one, in 80 minutes; SCALE=traffic TRAFFIC=rows.jsonl goes on from the shipped adapter
# with what `microgpt export training` wrote.
SCALE = gpu
TRAFFIC =
train-micro: models
	scripts/setup-training
	scripts/train-micro $(SCALE) $(DATA) $(TRAFFIC)

# Each fuzz target for SECONDS; needs `cargo install cargo-fuzz`. TARGETS="faq sse" for some.
SECONDS = 600
TARGETS = faq markdown request sse
fuzz:
	scripts/fuzz $(SECONDS) $(TARGETS)

clean:
	$(CARGO) clean
