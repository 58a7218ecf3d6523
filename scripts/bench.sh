#!/usr/bin/env bash
# Measures what the README claims, and writes docs/benchmarks.md. Each figure is one line that begins
# with `bench:`. RUNS is how often the figures of one database are measured, PEERS the folder in which
# other tools are kept.
set -euo pipefail
cd "$(dirname "$0")/.."
export CGO_ENABLED=${CGO_ENABLED:-0}
lines=$(mktemp)
trap 'rm -f "$lines"' EXIT
keep() { { grep --line-buffered -o 'bench: .*' || true; } | tee -a "$lines"; }

go run ./scripts/benchpage -machine | keep
scripts/packages.sh initdb=postgresql mariadbd=mariadb-server
peers=${PEERS:-$(pwd)/bin/peers}
scripts/peers.sh "$peers"
go test -run '^$' -bench 'Versions' -benchtime 1x ./internal/executor/crashtest -args -peers="$peers" | keep
go test -run '^$' -bench 'Apply|History|Peers|Tenants' -benchtime 1x -count "${RUNS:-3}" -timeout 1h \
	./internal/executor/crashtest -args -peers="$peers" | keep
go test -run '^$' -bench LargeFile -benchtime 1x ./internal/executor/crashtest | keep
go test -run '^$' -bench 'PushToStatement|Intake|Start|NothingToDo|Rehearsal|PushToReview|AcceptHistory' -benchtime 1x ./cmd/towpath | keep
go test -v -run TestMemory ./cmd/towpath | sed -n 's/.*memory: /bench: memory: /p' | keep
# The parser of PostgreSQL as a build has it: in C where there is a compiler. squawk is beside it where
# the packages of web/bench are installed.
if [ -x bin/towpath ]; then
	CGO_ENABLED=$(scripts/c-compiler.sh && echo 1 || echo 0) \
		go test -run '^$' -bench 'Check|ReviewMemory' -benchtime 1x ./cmd/towpath | keep
	echo "bench: binary $(($(stat -c %s bin/towpath) >> 20)) MiB" | keep
fi
# The console's figures need Chromium and the packages of web/bench: npm install --prefix web/bench.
if [ -d web/bench/node_modules ]; then
	npm --prefix web/bench run --silent bench | keep
	go test -run '^$' -bench 'Console$' -benchtime 1x ./cmd/towpath | keep
fi
go run ./scripts/benchpage <"$lines" >docs/benchmarks.md
