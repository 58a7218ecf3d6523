#!/usr/bin/env bash
# Lets other migration tools work for a team with three environments at different versions, and keeps
# the rows of their tables in cmd/towpath/testdata/foreign. `make test` does not include it: it
# downloads the tools. In test the third file failed, staging has an older text of the first file, and
# prod lacks the second.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=$PWD/cmd/towpath/testdata/foreign
. scripts/foreign/lib.sh

one='CREATE TABLE a (id INT);'
two='CREATE TABLE b (id INT);'
three='CREATE TABLE "größe" (id INT);'
older='CREATE TABLE a (id INT, note TEXT);'
broken='CREATE TABLE "größe" (id nonsense);'

# team TOOL VERSION SCHEMA TABLE ORDER [whole]: runs write and migrate for each environment. A tool
# that takes no gaps has only the first file in prod.
team() {
	local tool=$1
	begin "$tool-test"
	write 1 "$one" && write 2 "$two"
	migrate "$tool-test" >"$work/log" 2>&1 || { cat "$work/log" && exit 1; }
	write 3 "$broken"
	migrate "$tool-test" >"$work/log" 2>&1 && { echo "$tool took the broken file" && exit 1; }
	begin "$tool-staging"
	write 1 "$older" && write 2 "$two"
	migrate "$tool-staging" >"$work/log" 2>&1 || { cat "$work/log" && exit 1; }
	begin "$tool-prod"
	write 1 "$one"
	[ "${6:-}" = whole ] || write 3 "$three"
	migrate "$tool-prod" >"$work/log" 2>&1 || { cat "$work/log" && exit 1; }
	mkdir "$work/$tool" && cd "$work/$tool"
	write 1 "$one" && write 2 "$two" && write 3 "$three"
	python3 - "$1" "$2" "$3" "$4" "$(columns "$tool-test" "$3" "$4")" "$(rows "$tool-test" "$3" "$4" "$5")" \
		"$(rows "$tool-staging" "$3" "$4" "$5")" "$(rows "$tool-prod" "$3" "$4" "$5")" >"$out/$tool.json" <<'PY'
import json, os, sys
tool, version, schema, table, columns, *rows = sys.argv[1:]
files = {}
for folder, _, names in os.walk("."):
    for name in sorted(names):
        if name.endswith(".sql"):
            path = os.path.join(folder, name)
            files[os.path.relpath(path)] = open(path, encoding="utf-8").read()
json.dump({"tool": tool, "version": version, "schema": schema, "table": table, "columns": json.loads(columns),
           "rows": dict(zip(["test", "staging", "prod"], map(json.loads, rows))),
           "files": dict(sorted(files.items()))}, sys.stdout, ensure_ascii=False, indent=1)
print()
PY
	cd "$work"
	echo "kept $tool"
}

write() { printf -- '-- +goose Up\n%s\n-- +goose Down\nDROP TABLE nothing;\n' "$2" >"0000$1_x.sql"; }
migrate() { "$GOBIN/goose" postgres "$(url "$1")" up; }
team goose 3.29.0 public goose_db_version id

write() { echo "$2" >"$1_x.up.sql"; }
migrate() { "$GOBIN/migrate" -path . -database "$(url "$1")" up; }
team golang-migrate 4.20.1 public schema_migrations version whole

write() { printf -- '-- +migrate Up\n%s\n-- +migrate Down\nDROP TABLE nothing;\n' "$2" >"2026010$1_x.sql"; }
migrate() {
	printf 'towpath:\n  dialect: postgres\n  datasource: %s\n  dir: .\n' "$(url "$1")" >dbconfig.yml
	"$GOBIN/sql-migrate" up -env towpath
}
team sql-migrate 1.8.1 public gorp_migrations applied_at,id

write() { printf -- '%s\n---- create above / drop below ----\nDROP TABLE nothing;\n' "$2" >"00$1_x.sql"; }
migrate() { "$GOBIN/tern" migrate --migrations . --conn-string "$(url "$1")"; }
team tern 2.3.4 public schema_version version whole

write() {
	mkdir -p db/migrations
	printf -- '-- migrate:up\n%s\n-- migrate:down\nDROP TABLE nothing;\n' "$2" >"db/migrations/2026010$1_x.sql"
}
migrate() { node "$npm/dbmate/dist/cli.js" --no-dump-schema --url "$(url "$1")" up; }
team dbmate 2.36.0 public schema_migrations version

write() {
	mkdir -p migrations
	echo "$2" >"migrations/173568960000$1_x.sql"
}
migrate() { DATABASE_URL=$(url "$1") node "$npm/.bin/node-pg-migrate" up; }
team node-pg-migrate 9.0.0 public pgmigrations id

write() {
	mkdir -p meta
	echo "$2" >"000$1_x.sql"
	python3 - 000*.sql >meta/_journal.json <<'PY'
import json, sys
print(json.dumps({"version": "7", "dialect": "postgresql", "entries": [
    {"idx": i, "version": "7", "when": 1767225600000 + int(name[3]), "tag": name[:-4], "breakpoints": True}
    for i, name in enumerate(sys.argv[1:])]}))
PY
}
migrate() {
	NODE_PATH=$npm node - "$(url "$1")" <<'JS'
const { Pool } = require('pg')
const { drizzle } = require('drizzle-orm/node-postgres')
const { migrate } = require('drizzle-orm/node-postgres/migrator')
const pool = new Pool({ connectionString: process.argv[2] })
migrate(drizzle(pool), { migrationsFolder: '.' }).then(() => pool.end())
JS
}
team Drizzle 0.45.4 drizzle __drizzle_migrations id

write() {
	mkdir -p db
	printf -- '--liquibase formatted sql\n--changeset jörg:%s\n%s\n' "$1" "$2" >"db/2026010$1_x.sql"
}
migrate() {
	printf 'databaseChangeLog:\n- includeAll:\n    path: db/\n' >changelog.yaml
	sh "$npm/liquibase/dist/liquibase/liquibase" --url="jdbc:postgresql://127.0.0.1:$port/$1" \
		--username=towpath --password=none --changeLogFile=changelog.yaml update
}
team Liquibase 4.28.0 public databasechangelog orderexecuted
