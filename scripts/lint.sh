#!/usr/bin/env bash
# Runs formatters and linters at pinned versions. Linters have their own module files, so the program
# does not depend on them. "quick" skips the linter that takes minutes to build.
set -euo pipefail
cd "$(dirname "$0")/.."
export CGO_ENABLED=${CGO_ENABLED:-0}
status=0
unformatted=$(gofmt -l . | grep -v node_modules || true)
[ -z "$unformatted" ] || { echo "gofmt would change:"; echo "$unformatted"; status=1; }
go vet ./... || status=1
go vet -tags netgo,osusergo,realgitea ./cmd/towpath || status=1
go test -count=1 -run 'TestWords' . || status=1
if [ "${1:-}" = quick ]; then
	go tool -modfile=tools.mod staticcheck ./... || status=1
else
	go tool -modfile=lint.mod golangci-lint run ./... || status=1
fi
[ -z "$(go mod tidy -diff 2>&1)" ] || { echo "go mod tidy would change go.mod or go.sum"; go mod tidy -diff | head -n 20; status=1; }
if [ -d web/src ]; then
	(cd web && { [ -d node_modules ] || npm ci --no-audit --no-fund --silent; } && npm run --silent check) || status=1
fi
exit "$status"
