#!/usr/bin/env bash
# Runs other migration tools against a PostgreSQL of its own, and keeps the rows of their tables in
# internal/history/testdata. `make test` does not include it: it downloads the tools. Each history
# has two applied files with an umlaut, one that was undone where the tool can, and one that failed.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=$PWD/internal/history/testdata
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

# keep NAME TOOL VERSION SCHEMA TABLE ORDER: writes the rows of a table as Towpath reads them.
keep() {
	cd "$work"
	local columns pairs rows
	columns=$(query "$1" "SELECT json_agg(column_name::text ORDER BY ordinal_position)
		FROM information_schema.columns WHERE table_schema = '$4' AND table_name = '$5'")
	pairs=$(query "$1" "SELECT string_agg(format('%L, %I::text', lower(column_name), column_name), ', '
		ORDER BY ordinal_position) FROM information_schema.columns
		WHERE table_schema = '$4' AND table_name = '$5'")
	rows=$(query "$1" "SELECT coalesce(json_agg(r ORDER BY n), '[]') FROM (
		SELECT row_number() OVER (ORDER BY $6) n,
		json_strip_nulls(json_build_object($pairs)) r FROM \"$4\".\"$5\") x")
	python3 - "$1" "$2" "$3" "$4" "$5" "$columns" "$rows" >"$out/$1.json" <<'PY'
import json, os, sys
name, tool, version, schema, table, columns, rows = sys.argv[1:]
files = {}
for folder, _, names in os.walk(name):
    for n in sorted(names):
        path = os.path.join(folder, n)
        if n.endswith(".sql"):
            files[os.path.relpath(path, name)] = open(path, encoding="utf-8").read()
json.dump({"tool": tool, "version": version, "source": "run", "schema": schema, "table": table,
           "columns": json.loads(columns), "rows": json.loads(rows), "files": files},
          sys.stdout, ensure_ascii=False, indent=1)
print()
PY
	echo "kept $1: $(query "$1" "SELECT count(*) FROM \"$4\".\"$5\"") rows"
}

customer='CREATE TABLE müller (id int);'
orders='CREATE TABLE "order" (id int);'
visit='CREATE TABLE visit (id int);'
broken='CREATE TABLE visit (id nonsense);'

begin goose
printf -- '-- +goose Up\n%s\n-- +goose Down\nDROP TABLE müller;\n' "$customer" >20260101_müller.sql
printf -- '-- +goose Up\n%s\n-- +goose Down\nDROP TABLE "order";\n' "$orders" >20260102_order.sql
printf -- '-- +goose Up\n%s\n-- +goose Down\nDROP TABLE visit;\n' "$visit" >20260103_visit.sql
"$GOBIN/goose" postgres "$(url goose)" up >/dev/null 2>&1
"$GOBIN/goose" postgres "$(url goose)" down >/dev/null 2>&1
printf -- '-- +goose Up\n%s\n' "$broken" >20260103_visit.sql
"$GOBIN/goose" postgres "$(url goose)" up >/dev/null 2>&1 && exit 1
keep goose goose 3.29.0 public goose_db_version id

for kind in clean dirty; do
	begin "golang-migrate-$kind"
	echo "$customer" >1_müller.up.sql
	echo "$orders" >2_order.up.sql
	echo 'DROP TABLE "order";' >2_order.down.sql
	if [ "$kind" = dirty ]; then echo "$broken" >3_visit.up.sql; fi
	"$GOBIN/migrate" -path . -database "$(url "golang-migrate-$kind")" up >/dev/null 2>&1 ||
		[ "$kind" = dirty ]
	keep "golang-migrate-$kind" golang-migrate 4.20.1 public schema_migrations version
done

begin sql-migrate
for f in 1_müller:"$customer" 2_order:"$orders" 3_visit:"$broken"; do
	printf -- '-- +migrate Up\n%s\n-- +migrate Down\n' "${f#*:}" >"${f%%:*}.sql"
done
printf 'towpath:\n  dialect: postgres\n  datasource: %s\n  dir: .\n' "$(url sql-migrate)" >dbconfig.yml
"$GOBIN/sql-migrate" up -env towpath >/dev/null 2>&1 && exit 1
keep sql-migrate sql-migrate 1.8.1 public gorp_migrations applied_at,id

begin tern
echo "$customer" >001_müller.sql
echo "$orders" >002_order.sql
echo "$broken" >003_visit.sql
"$GOBIN/tern" migrate --migrations . --conn-string "$(url tern)" >/dev/null 2>&1 && exit 1
keep tern tern 2.3.4 public schema_version version

begin dbmate
mkdir -p db/migrations
for f in 20260101_müller:"$customer" 20260102_order:"$orders" 20260103_visit:"$broken"; do
	printf -- '-- migrate:up\n%s\n-- migrate:down\n' "${f#*:}" >"db/migrations/${f%%:*}.sql"
done
node "$npm/dbmate/dist/cli.js" --no-dump-schema --url "$(url dbmate)" up >/dev/null 2>&1 && exit 1
keep dbmate dbmate 2.36.0 public schema_migrations version

begin node-pg-migrate
mkdir migrations
echo "$customer" >migrations/1735689600000_müller.sql
echo "$orders" >migrations/1735776000000_order.sql
DATABASE_URL=$(url node-pg-migrate) node "$npm/.bin/node-pg-migrate" up >/dev/null 2>&1
keep node-pg-migrate node-pg-migrate 9.0.0 public pgmigrations id

begin knex
NODE_PATH=$npm node - "$(url knex)" <<'JS'
const knex = require('knex')({ client: 'pg', connection: process.argv[2] })
const migrations = ['1_müller.js', '2_order.js']
const source = {
  getMigrations: async () => migrations,
  getMigrationName: (name) => name,
  getMigration: async () => ({ up: (db) => db.raw('SELECT 1'), down: () => {} }),
}
knex.migrate.latest({ migrationSource: source }).then(() => knex.destroy())
JS
keep knex Knex 3.3.0 public knex_migrations id

begin drizzle
mkdir meta
echo "$customer" >0000_müller.sql
echo "$orders" >0001_order.sql
cat >meta/_journal.json <<'J'
{"version":"7","dialect":"postgresql","entries":[
{"idx":0,"version":"7","when":1767225600000,"tag":"0000_müller","breakpoints":true},
{"idx":1,"version":"7","when":1767312000000,"tag":"0001_order","breakpoints":true}]}
J
NODE_PATH=$npm node - "$(url drizzle)" <<'JS'
const { Pool } = require('pg')
const { drizzle } = require('drizzle-orm/node-postgres')
const { migrate } = require('drizzle-orm/node-postgres/migrator')
const pool = new Pool({ connectionString: process.argv[2] })
migrate(drizzle(pool), { migrationsFolder: '.' }).then(() => pool.end())
JS
keep drizzle Drizzle 0.45.4 drizzle __drizzle_migrations id

begin liquibase
{
	echo '--liquibase formatted sql'
	printf -- '--changeset jörg:%s\n%s\n' 1 "$customer" 2 "$orders" 3 "$broken"
} >changes.sql
sh "$npm/liquibase/dist/liquibase/liquibase" --url="jdbc:postgresql://127.0.0.1:$port/liquibase" \
	--username=towpath --password=none --changeLogFile=changes.sql update >/dev/null 2>&1 && exit 1
keep liquibase Liquibase 4.28.0 public databasechangelog orderexecuted
