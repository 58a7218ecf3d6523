#!/usr/bin/env bash
# The test command: installs what is missing, then runs every test. A skipped test is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."
export CGO_ENABLED=${CGO_ENABLED:-0}

for program in go node npm; do
	command -v "$program" >/dev/null || { echo "Missing: $program. README.md says which version." >&2; exit 1; }
done
scripts/packages.sh git=git initdb=postgresql mariadbd=mariadb-server sqlite3=sqlite3 chromium=chromium \
	pgbouncer=pgbouncer /usr/lib/galera/libgalera_smm.so=galera-4 rsync=rsync
make --no-print-directory build

log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
# Many tests wait for servers, so more of them run at once than there are processors; far more would
# keep two processors busy with asking each other.
# The linters run go vet.
go test -count=1 -timeout 40m -parallel 4 -vet=off -v ./... >"$log" 2>&1 || status=$?
# The parser of PostgreSQL as WebAssembly, too, which a build has where there is no compiler for C.
if [ "$CGO_ENABLED" = 1 ]; then
	CGO_ENABLED=0 go test -count=1 -timeout 20m -vet=off -v -run 'Postgres|Pool' ./internal/sqlparse >>"$log" 2>&1 || status=$?
fi
grep -E '^(ok|FAIL|panic:|\?)|^\s*--- (FAIL|SKIP)|no test files' "$log" | grep -v 'no test files' || true
if [ "$status" -ne 0 ]; then
	# Parallel tests mix their output; a failing script prints its position in a line of its own.
	grep -nE -B2 -A12 '^ +(--- FAIL|FAIL: |[a-z_]+_test\.go:[0-9]+: )|^panic:' "$log" | tail -n 300 || true
	cp "$log" test.log
	echo "The whole output is in test.log."
fi
skipped=$(grep -cE '^\s*--- SKIP' "$log" || true)
passed=$(grep -cE '^\s*--- PASS' "$log" || true)
failed=$(grep -cE '^\s*--- FAIL' "$log" || true)
for suite in test e2e; do
	# Vitest's closing line names what it ran; colors would hide it.
	(cd web && NO_COLOR=1 npm run --silent "$suite") >"$log" 2>&1 || status=1
	tests=$(grep -E '^ +Tests ' "$log" | tail -n 1 || true)
	echo "console, $suite:$tests"
	count() { grep -oE "[0-9]+ $1" <<<"$tests" | cut -d' ' -f1 || true; }
	passed=$((passed + $(count passed | grep . || echo 0)))
	failed=$((failed + $(count failed | grep . || echo 0)))
	skipped=$((skipped + $(count skipped | grep . || echo 0)))
	if [ "$status" -ne 0 ] || [ -z "$tests" ]; then
		tail -n 150 "$log"
		status=1
	fi
done
[ "$skipped" -eq 0 ] || { echo "A skipped test is a failure."; status=1; }
echo "$passed passed, $failed failed, $skipped skipped"
exit "$status"
