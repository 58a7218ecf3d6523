#!/usr/bin/env bash
# peers.sh FOLDER builds other migration tools, for the benchmarks to run beside the executor. dbmate
# is not in Go's module proxy: its program is in a package of npm.
set -euo pipefail
mkdir -p "$1"
GOBIN=$(cd "$1" && pwd)
export GOBIN GOFLAGS=-trimpath CGO_ENABLED=0
has() { [ -x "$GOBIN/$1" ]; }
slim="no_mysql no_clickhouse no_ydb no_mssql no_vertica no_libsql no_sqlite3 no_spanner"
has goose || go install -tags "$slim" github.com/pressly/goose/v3/cmd/goose@v3.29.0
has migrate || go install -tags postgres github.com/golang-migrate/migrate/v4/cmd/migrate@v4.20.1
has tern || go install github.com/jackc/tern/v2@v2.3.4
if ! has dbmate && command -v npm >/dev/null; then
	npm install --prefix "$GOBIN/npm" --no-audit --no-fund --silent dbmate@2.36.0
	cp "$GOBIN"/npm/node_modules/@dbmate/*/bin/dbmate "$GOBIN/dbmate"
fi
