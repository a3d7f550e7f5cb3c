.DEFAULT_GOAL := help
.PHONY: help setup build lint test serve generate bench clean

BINARY := .build/release/underpaint
CLASS ?= strawberry
SEED ?= 7
COUNT ?= 4
SAMPLER ?= gtr-16
# Told by `underpaint --version`; empty outside of a git checkout.
export SOURCE_REVISION ?= $(shell git rev-parse --short=12 HEAD 2>/dev/null)
# More flags for `serve`, `generate` and `bench`: make serve ARGS="--port 9000"
ARGS ?=

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install the system libraries that are missing, check the Swift toolchain
	@scripts/setup

build: setup ## Build the release binary
	swift build -c release --product underpaint

lint: ## Check formatting and house rules
	swift format lint --strict --recursive Sources Tests Package.swift
	scripts/lint
	@if command -v python3 >/dev/null && [ -d training ]; then \
		echo "python3 -m py_compile training/**/*.py"; \
		find training -name .venv -prune -o -name '*.py' -print0 \
			| PYTHONPYCACHEPREFIX=.build/pycache xargs -0 python3 -m py_compile; fi

test: setup ## Run all tests
	swift test --no-parallel

serve: build ## Serve the embedded models on http://127.0.0.1:8080
	$(BINARY) serve $(ARGS)

generate: build ## Write images of CLASS (with SEED, COUNT, SAMPLER) to out/
	$(BINARY) generate --class "$(CLASS)" --seed $(SEED) --count $(COUNT) --sampler $(SAMPLER) -o out/ $(ARGS)

bench: build ## Compare the sampler presets on the default model
	scripts/bench-presets --binary $(BINARY) $(ARGS)

clean: ## Remove everything that was built
	rm -rf .build .build-image out
