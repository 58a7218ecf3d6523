#!/usr/bin/env bash
# Runs other migration tools against a PostgreSQL of its own, and keeps the rows of their tables in
# internal/history/testdata. `make test` does not include it: it downloads the tools. Each history
# has two applied files with an umlaut, one that was undone where the tool can, and one that failed.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=$PWD/internal/history/testdata
. scripts/foreign/lib.sh

# keep NAME TOOL VERSION SCHEMA TABLE ORDER: writes the rows of a table as Towpath reads them.
keep() {
	cd "$work"
	python3 - "$1" "$2" "$3" "$4" "$5" "$(columns "$1" "$4" "$5")" "$(rows "$1" "$4" "$5" "$6")" \
		>"$out/$1.json" <<'PY'
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
