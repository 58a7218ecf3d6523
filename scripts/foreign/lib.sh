# Tools of others, and a PostgreSQL for them to run against. For run.sh and teams.sh.
set -euo pipefail
work=$(mktemp -d)
bin=${FOREIGN_TOOLS:-$work/tools} # a folder with tools that are built already
export GOBIN=$bin/go GOFLAGS=-trimpath CGO_ENABLED=0
if [ ! -x "$GOBIN/goose" ]; then
	slim="no_mysql no_clickhouse no_ydb no_mssql no_vertica no_libsql no_sqlite3 no_spanner"
	go install -tags "$slim" github.com/pressly/goose/v3/cmd/goose@v3.29.0
	go install -tags postgres github.com/golang-migrate/migrate/v4/cmd/migrate@v4.20.1
	go install github.com/rubenv/sql-migrate/sql-migrate@v1.8.1
	go install github.com/jackc/tern/v2@v2.3.4
fi
if [ ! -d "$bin/npm/node_modules" ]; then
	mkdir -p "$bin/npm"
	npm install --prefix "$bin/npm" --no-audit --no-fund --silent \
		dbmate@2.36.0 drizzle-orm@0.45.4 knex@3.3.0 liquibase@4.28.1 node-pg-migrate@9.0.0 pg@8.23.1
fi
npm=$bin/npm/node_modules

# A server on a free port, which ends with this script.
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
server=$(dirname "$(readlink -f "$(command -v initdb)")")
as=()
if [ "$(id -u)" -eq 0 ]; then
	as=(runuser -u postgres --)
	chmod 755 "$work" && mkdir "$work/pg" && chown postgres "$work/pg"
fi
"${as[@]}" "$server/initdb" -D "$work/pg/data" -U towpath -A trust -E UTF8 >/dev/null
"${as[@]}" "$server/pg_ctl" -D "$work/pg/data" -w -l "$work/pg/log" \
	-o "-p $port -k $work/pg -c listen_addresses=127.0.0.1 -c fsync=off" start >/dev/null
trap '"${as[@]}" "$server/pg_ctl" -D "$work/pg/data" -m fast stop >/dev/null; rm -rf "$work"' EXIT
query() { "$server/psql" -h 127.0.0.1 -p "$port" -U towpath -d "$1" -XAtq -c "$2"; }
url() { echo "postgres://towpath@127.0.0.1:$port/$1?sslmode=disable"; }

# begin NAME: an empty database and an empty folder.
begin() {
	query postgres "CREATE DATABASE \"$1\""
	mkdir -p "$work/$1" && cd "$work/$1"
}

# columns NAME SCHEMA TABLE, rows NAME SCHEMA TABLE ORDER: a table as Towpath reads it, in JSON.
columns() {
	query "$1" "SELECT json_agg(column_name::text ORDER BY ordinal_position)
		FROM information_schema.columns WHERE table_schema = '$2' AND table_name = '$3'"
}
rows() {
	local pairs
	pairs=$(query "$1" "SELECT string_agg(format('%L, %I::text', lower(column_name), column_name), ', '
		ORDER BY ordinal_position) FROM information_schema.columns
		WHERE table_schema = '$2' AND table_name = '$3'")
	query "$1" "SELECT coalesce(json_agg(r ORDER BY n), '[]') FROM (
		SELECT row_number() OVER (ORDER BY $4) n,
		json_strip_nulls(json_build_object($pairs)) r FROM \"$2\".\"$3\") x"
}
