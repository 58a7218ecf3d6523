# build  bin/towpath, console included    demo   try it with a simulated Bitbucket
# test   everything (the one test command)  lint   formatters and linters
# oracle  random pushes against a model
# release  archive, packages and image of bin/towpath in bin/release
# try-package, try-image  start what is there in a folder of its own
# chart  render and check the Helm chart
# crash-matrix  kill the executor everywhere, FULL=1 for long
# bench  figures as `bench:` lines, and as docs/benchmarks.md; RUNS=1 for short

SHELL := /bin/bash
GO ?= go
VERSION ?= $(shell git describe --tags --match 'v*' --dirty 2>/dev/null || echo dev)
# The program has PostgreSQL's parser in C where a compiler makes static files, else as WebAssembly.
CAN_CGO := $(if $(GOOS)$(GOARCH),,$(shell scripts/c-compiler.sh && echo 1))
BUILD_CGO := $(if $(filter undefined,$(origin CGO_ENABLED)),$(or $(CAN_CGO),0),$(CGO_ENABLED))
STATIC := $(if $(filter 1Linux,$(BUILD_CGO)$(shell uname -s)),-linkmode external -extldflags \"-static\")
CGO_ENABLED := $(BUILD_CGO)
# The same flags for the program, its tests and linters, so that Go compiles each package once.
GOFLAGS ?= -trimpath -tags=netgo,osusergo
export CGO_ENABLED GOFLAGS

.PHONY: build release try-package try-image chart demo test test-versions real-gitea race lint lint-quick bench crash-matrix oracle console truth clean

build: console
	@echo "Building bin/towpath: the first time takes a minute or two."
	$(GO) build -trimpath -tags netgo,osusergo \
		-ldflags "-s -w -X main.version=$(VERSION) $(STATIC)" -o bin/towpath ./cmd/towpath

console: web/dist/index.html

# Rebuild the console when one of its sources, which the documentation is too, is newer.
web/dist/index.html: $(shell find web -path web/node_modules -prune -o -path web/dist -prune -o -type f -print 2>/dev/null) internal/api/testdata/openapi.json \
		README.md CHANGELOG.md CONTRIBUTING.md $(shell find docs -name '*.md')
	@command -v npm >/dev/null || { echo "make builds the console with Node 20, and there is no npm here. Install Node 20, or" \
		"build the server without its console: CGO_ENABLED=0 go build -o bin/towpath ./cmd/towpath" >&2; exit 1; }
	@echo "Building the console: installing its packages takes a minute the first time."
	cd web && npm ci --no-audit --no-fund --silent && npm run --silent build
	@touch $@

release: build
	scripts/release.sh

try-package:
	scripts/try-package.sh

try-image:
	scripts/try-image.sh

# Renders the chart with its examples and checks the objects; builds Helm first, in four minutes.
chart:
	scripts/chart.sh

demo: build
	bin/towpath demo --manual-start --pull-request $(DEMO)

test:
	scripts/test.sh

# The suites on every server version that the documents name; SUITES="engine" for a part. Installs the servers itself.
test-versions:
	scripts/test-versions.sh

# The Gitea driver and a whole push against a Gitea that it builds first, in ten minutes.
real-gitea:
	scripts/real-gitea.sh

# The suites under the race detector, which needs a C compiler. A run takes several times as long.
race:
	CGO_ENABLED=1 $(GO) test -race -count=1 -timeout 90m ./...

lint-quick:
	scripts/lint.sh quick

lint:
	scripts/lint.sh

bench: build
	scripts/bench.sh

# Kills the executor everywhere; FULL=1 at each statement and many times. Ends with a line of counts.
crash-matrix:
	scripts/packages.sh initdb=postgresql mariadbd=mariadb-server
	$(GO) test -count=1 -timeout 3h ./internal/executor/crashtest -args -matrix=$(if $(FULL),full,bounded) -report=$(CURDIR)/docs/crash-matrix.md
	@tail -n 1 docs/crash-matrix.md

# Random pushes and decisions against a plain model: SEED, SEEDS for each engine, STEPS for each seed.
oracle:
	scripts/packages.sh git=git initdb=postgresql mariadbd=mariadb-server
	$(GO) test -count=1 -timeout 3h -run TestOracle ./cmd/towpath -args -oracle.seed=$(or $(SEED),1) -oracle.seeds=$(or $(SEEDS),5) -oracle.steps=$(or $(STEPS),60)

# Compares what the rules of the SQL review report with what real servers do; ends with a line of figures.
truth:
	scripts/packages.sh initdb=postgresql mariadbd=mariadb-server
	@$(GO) test -count=1 -timeout 30m -run TestTruth -v ./cmd/towpath -args -truth.every | grep -v '^=== '

clean:
	rm -rf bin web/dist/assets web/dist/index.html
