#!/usr/bin/env bash
# Measures what the README claims. Each figure is one line that begins with `bench:`.
set -euo pipefail
cd "$(dirname "$0")/.."
export CGO_ENABLED=${CGO_ENABLED:-0}
go test -run '^$' -bench 'PushToStatement|Intake|Start|NothingToDo|Rehearsal|PushToReview|AcceptHistory' -benchtime 1x ./cmd/towpath | grep '^bench:'
scripts/packages.sh initdb=postgresql mariadbd=mariadb-server
go test -v -run TestMemory ./cmd/towpath | sed -n 's/.*memory: /bench: memory: /p'
go test -run '^$' -bench . -benchtime 1x ./internal/executor/crashtest | grep '^bench:'
# The parser of PostgreSQL as a build has it: in C where there is a compiler. squawk is beside it where
# the packages of web/bench are installed.
if [ -x bin/towpath ]; then
	CGO_ENABLED=$(scripts/c-compiler.sh && echo 1 || echo 0) \
		go test -run '^$' -bench 'Check|ReviewMemory' -benchtime 1x ./cmd/towpath | grep '^bench:'
	echo "bench: binary $(($(stat -c %s bin/towpath) >> 20)) MiB"
fi
# The console's figures need Chromium and the packages of web/bench: npm install --prefix web/bench.
if [ -d web/bench/node_modules ]; then
	npm --prefix web/bench run --silent bench | grep '^bench:'
	go test -run '^$' -bench 'Console$' -benchtime 1x ./cmd/towpath | grep '^bench:'
fi
