#!/usr/bin/env bash
# The test command: installs what is missing, then runs every test. A skipped test is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."
export CGO_ENABLED=${CGO_ENABLED:-0}

for program in go node npm; do
	command -v "$program" >/dev/null || { echo "Missing: $program. README.md says which version." >&2; exit 1; }
done
scripts/packages.sh git=git initdb=postgresql mariadbd=mariadb-server sqlite3=sqlite3 chromium=chromium \
	pgbouncer=pgbouncer /usr/lib/galera/libgalera_smm.so=galera-4 rsync=rsync curl=curl
make --no-print-directory build

log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
passed=0 failed=0 skipped=0
tests=""
# count adds a number of the closing line of a suite to a sum.
count() { grep -oE "[0-9]+ $1" <<<"$tests" | cut -d' ' -f1 | grep . || echo 0; }
counted() {
	passed=$((passed + $(count passed)))
	failed=$((failed + $(count failed)))
	skipped=$((skipped + $(count skipped)))
}
# gotest runs tests of Go, and prints what is worth reading of their log.
gotest() {
	go test -json -count=1 -vet=off "$@" | go run ./scripts/testlog | tee "$log" || status=1 # the linters run go vet
	tests=$(tail -n 1 "$log")
	counted
}
# Many tests wait for servers, so more of them run at once than there are processors; far more would
# keep two processors busy with asking each other.
gotest -timeout 60m -parallel 4 ./...
# The parser of PostgreSQL as WebAssembly, too, which a build has where there is no compiler for C.
if [ "$CGO_ENABLED" = 1 ]; then
	CGO_ENABLED=0 gotest -timeout 20m -run 'Postgres|Pool' ./internal/sqlparse
fi
for suite in test e2e; do
	# Vitest's closing line names what it ran; colors would hide it.
	(cd web && NO_COLOR=1 npm run --silent "$suite") >"$log" 2>&1 || status=1
	tests=$(grep -E '^ +Tests ' "$log" | tail -n 1 || true)
	echo "console, $suite:$tests"
	counted
	if [ "$status" -ne 0 ] || [ -z "$tests" ]; then
		tail -n 150 "$log"
		status=1
	fi
done
[ "$skipped" -eq 0 ] || { echo "A skipped test is a failure."; status=1; }
echo "$passed passed, $failed failed, $skipped skipped"
exit "$status"
