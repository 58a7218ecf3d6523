#!/usr/bin/env bash
# Runs the suites that touch a database on every server version that the documents name, and prints a
# table of versions and suites. SUITES="engine crash" and VERSIONS="postgres-18.4 mysql-9.7.4" select
# some. The output of each cell is in versions/.
set -euo pipefail
cd "$(dirname "$0")/.."
export CGO_ENABLED=${CGO_ENABLED:-0}
scripts/packages.sh git=git initdb=postgresql mariadbd=mariadb-server sqlite3=sqlite3 pgbouncer=pgbouncer
servers=$(scripts/servers.sh)
read -ra suites <<<"${SUITES:-engine scenarios ends forging crash}"
logs=versions
rm -rf "$logs"
mkdir -p "$logs"

# version FOLDER PROGRAM prints the server's version. FOLDER is empty for the distribution's own.
version() {
	local program
	program=$(PATH=$PATH:/usr/sbin command -v "${1:+$1/bin/}$2" || compgen -G "/usr/lib/postgresql/*/bin/$2" | tail -n 1)
	"$program" --version 2>/dev/null | grep -oE '[0-9]+\.[0-9]+(\.[0-9]+)?' | head -n 1
}

# cell ENGINE SUITE LOG runs one suite and prints its outcome.
cell() {
	local engine=$1 suite=$2 log=$3 start=$SECONDS status=0 name
	case $engine in postgres) name=PostgreSQL ;; mysql) name=MariaDB ;; esac
	case $suite in
	engine) go test -count=1 -v -timeout 20m "./internal/engine/$engine" >"$log" 2>&1 || status=$? ;;
	scenarios) go test -count=1 -v -timeout 30m ./cmd/towpath -run "^TestScenariosEverywhere\$/^$name" >"$log" 2>&1 || status=$? ;;
	ends) # what a file leaves is what it says, and the demo's files land where psql would have put them
		go test -count=1 -v -timeout 30m ./cmd/towpath -run "^TestUnmet_staysFailed\$/^$name" >"$log" 2>&1 || status=$?
		[ "$engine" != postgres ] || go test -count=1 -v -timeout 10m ./cmd/towpath -run '^TestDemo_filesLandInPublic$' >>"$log" 2>&1 || status=$?
		;;
	forging)
		local tests='^(TestForging_isSeenAndNothingRuns|TestForging_anOlder.*|TestSealing_.*|TestLog_.*)$'
		[ "$engine" != postgres ] || tests='^(TestForging_.*|TestSealing_.*|TestLog_.*)$'
		go test -count=1 -v -timeout 30m ./internal/executor/crashtest -run "$tests" -args "-engine=$engine" >"$log" 2>&1 || status=$?
		;;
	crash)
		local tests='^TestCrashMatrix$'
		[ -z "${TOWPATH_TEST_GALERA:-}" ] || tests='^(TestCrashMatrix|TestGalera)$'
		go test -count=1 -v -timeout 60m ./internal/executor/crashtest -run "$tests" -args -matrix=bounded "-engine=$engine" >"$log" 2>&1 || status=$?
		;;
	esac
	local passed failed
	passed=$(grep -cE '^ *--- PASS' "$log" || true)
	failed=$(grep -cE '^ *--- FAIL' "$log" || true)
	# A run without a test has failed.
	if [ "$status" -eq 0 ] && [ "$passed" -gt 0 ]; then
		echo "$passed passed, $(trials "$log")$((SECONDS - start)) s"
	else
		echo "FAILED: $passed passed, $failed failed, $(trials "$log")$((SECONDS - start)) s"
	fi
}

# trials LOG prints the count of the crash matrix.
trials() { grep -oE '^crash-matrix: .*' "$1" | sed 's/^crash-matrix: \(.*\)$/\1, /' || true; }

failures=0
printf '| %-22s |' version
printf ' %-28s |' "${suites[@]}"
printf '\n|---|'
printf -- '---|%.0s' "${suites[@]}"
echo
row() {
	local label=$1 engine=$2 folder=$3 suite outcome
	[ -z "${VERSIONS:-}" ] || [[ " $VERSIONS " == *" $4 "* ]] || return 0
	printf '| %-22s |' "$label"
	for suite in "${suites[@]}"; do
		case $engine in
		postgres) outcome=$(TOWPATH_TEST_POSTGRES=$folder cell postgres "$suite" "$logs/$4-$suite.log") ;;
		mysql) outcome=$(TOWPATH_TEST_MYSQL=$folder cell mysql "$suite" "$logs/$4-$suite.log") ;;
		esac
		[[ $outcome != FAILED* ]] || failures=$((failures + 1))
		printf ' %-28s |' "$outcome"
	done
	echo
}

row "PostgreSQL $(version '' postgres)" postgres '' postgres
for folder in "$servers"/postgres-*; do
	row "PostgreSQL $(version "$folder" postgres)" postgres "$folder" "$(basename "$folder")"
done
row "MariaDB $(version '' mariadbd)" mysql '' mariadb
for folder in "$servers"/mariadb-*; do
	row "MariaDB $(version "$folder" mariadbd)" mysql "$folder" "$(basename "$folder")"
done
TOWPATH_TEST_GALERA=1 row "Galera, MariaDB $(version '' mariadbd)" mysql '' galera
for folder in "$servers"/mysql-*; do
	row "MySQL $(version "$folder" mysqld)" mysql "$folder" "$(basename "$folder")"
done
echo "$failures failed"
[ "$failures" -eq 0 ]
