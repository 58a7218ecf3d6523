# build  bin/towpath, console included    demo   try it with a simulated Bitbucket
# test   everything (the one test command)  lint   formatters and linters
# bench  figures as `bench:` lines

SHELL := /bin/bash
GO ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
export CGO_ENABLED ?= 0

.PHONY: build demo test lint bench console clean

build: console
	$(GO) build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o bin/towpath ./cmd/towpath

console: web/dist/index.html

# The console is built anew when one of its sources is newer.
web/dist/index.html: $(shell find web -path web/node_modules -prune -o -path web/dist -prune -o -type f -print 2>/dev/null) internal/api/testdata/openapi.json
	cd web && npm ci --no-audit --no-fund --silent && npm run --silent build
	@touch $@

demo: build
	bin/towpath demo $(DEMO)

test:
	scripts/test.sh

lint:
	scripts/lint.sh

bench: build
	scripts/bench.sh

clean:
	rm -rf bin web/dist/assets web/dist/index.html
