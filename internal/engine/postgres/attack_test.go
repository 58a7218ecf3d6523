package postgres_test

import (
	"errors"
	"strings"
	"testing"

	"towpath/internal/engine"
	"towpath/internal/engine/postgres"
	"towpath/internal/statement"
)

// attack is a statement of somebody who has nothing but a push, and the place where it is refused.
type attack struct{ script, at string }

// attacks reach outside of the database, or change what our limits and the ledger depend on.
var attacks = []attack{
	// Databases, tablespaces, subscriptions and the server itself.
	{"DROP DATABASE billing", "1:1"},
	{"DROP DATABASE IF EXISTS billing WITH (FORCE)", "1:1"},
	{"CREATE DATABASE copy TEMPLATE billing", "1:1"},
	{"ALTER DATABASE billing SET search_path = evil", "1:1"},
	{"ALTER DATABASE billing OWNER TO CURRENT_USER", "1:1"},
	{"SELECT 1;\n  ALTER DATABASE billing RENAME TO gone", "2:3"},
	{"COMMENT ON DATABASE billing IS 'mine'", "1:1"},
	{"SECURITY LABEL FOR x ON DATABASE billing IS 'y'", "1:1"},
	{"GRANT ALL ON DATABASE billing TO PUBLIC", "1:14"},
	{"REVOKE CONNECT ON DATABASE billing FROM PUBLIC", "1:19"},
	{"CREATE SCHEMA a GRANT ALL ON DATABASE billing TO PUBLIC", "1:30"},
	{"CREATE TABLESPACE t LOCATION '/var/tmp'", "1:1"},
	{"ALTER TABLESPACE pg_default SET (seq_page_cost = 9)", "1:1"},
	{"DROP TABLESPACE t", "1:1"},
	{"GRANT CREATE ON TABLESPACE pg_default TO PUBLIC", "1:17"},
	{"CREATE SUBSCRIPTION s CONNECTION 'host=evil' PUBLICATION p", "1:1"},
	{"ALTER SUBSCRIPTION s DISABLE", "1:1"},
	{"ALTER SYSTEM SET work_mem = '5MB'", "1:1"},
	{"/* a /* b */ c */ ALTER -- x\n SYSTEM RESET ALL", "1:19"},
	{"GRANT SET ON PARAMETER lock_timeout TO PUBLIC", "1:14"},
	{"SELECT pg_reload_conf()", "1:8"},
	{"SELECT pg_catalog.\"pg_terminate_backend\"(1)", "1:19"},
	{"SELECT pg_create_logical_replication_slot('s', 'pgoutput')", "1:8"},
	{"CHECKPOINT", "1:1"},
	{"SELECT pg_logfile_rotate()", "1:8"},
	{"SELECT pg_stat_reset_slru(NULL)", "1:8"},
	{"SELECT pg_catalog.pg_stat_reset_replication_slot(NULL)", "1:19"},
	{"SELECT \"autoprewarm_start_worker\"()", "1:8"},

	// Roles.
	{"CREATE ROLE sneaky SUPERUSER LOGIN", "1:20"},
	{"create user sneaky", "1:1"},
	{"CREATE GROUP g", "1:1"},
	{"ALTER ROLE CURRENT_USER PASSWORD 'changed'", "1:12"},
	{"ALTER ROLE CURRENT_USER SET lock_timeout = '0'", "1:12"},
	{"ALTER ROLE ALL SET lock_timeout = '0'", "1:12"},
	{"ALTER USER towpath SUPERUSER", "1:20"},
	{"ALTER GROUP g ADD USER towpath", "1:1"},
	{"DROP ROLE IF EXISTS app", "1:1"},
	{"DROP OWNED BY CURRENT_USER", "1:1"},
	{"REASSIGN OWNED BY app TO CURRENT_USER", "1:1"},
	{"GRANT pg_execute_server_program TO CURRENT_USER", "1:7"},
	{"GRANT \"on\", b TO CURRENT_USER WITH ADMIN OPTION", "1:18"},
	{"REVOKE ADMIN OPTION FOR a FROM b", "1:1"},
	{"COMMENT ON ROLE app IS 'x'", "1:1"},
	{"UPDATE pg_catalog.pg_authid SET rolpassword = ''", "1:8"},
	{"UPDATE pg_roles SET rolsuper = true", "1:8"},
	{"INSERT INTO pg_auth_members VALUES (1)", "1:13"},
	{"DELETE FROM ONLY pg_database", "1:18"},
	{"WITH a AS (SELECT 1) UPDATE pg_settings SET setting = '0' WHERE name = 'lock_timeout'", "1:29"},
	{"SELECT rolpassword FROM pg_authid", "1:25"},

	// Ways out of the server.
	{"CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw", "1:1"},
	{"CREATE FOREIGN TABLE f (a int) SERVER s", "1:1"},
	{"CREATE FOREIGN DATA WRAPPER w", "1:1"},
	{"CREATE USER MAPPING FOR CURRENT_USER SERVER s", "1:1"},
	{"ALTER SERVER s OPTIONS (SET host 'evil')", "1:1"},
	{"IMPORT FOREIGN SCHEMA public FROM SERVER s INTO public", "1:1"},
	{"GRANT USAGE ON FOREIGN SERVER s TO PUBLIC", "1:16"},
	{"CREATE EXTENSION dblink", "1:18"},
	{"CREATE EXTENSION IF NOT EXISTS \"postgres_fdw\" CASCADE", "1:32"},
	{"CREATE EXTENSION file_fdw", "1:18"},
	{"CREATE EXTENSION plpython3u", "1:18"},
	{"SELECT dblink_exec('dbname=billing', 'DROP TABLE a')", "1:8"},
	{"SELECT * FROM public.dblink('dbname=billing', 'SELECT 1') AS t(a int)", "1:22"},
	{"CREATE OPERATOR ## (FUNCTION = dblink_exec, RIGHTARG = text)", "1:32"},
	{"CREATE AGGREGATE a (text) (SFUNC = lo_export, STYPE = oid)", "1:36"},
	{"COPY a FROM PROGRAM 'id'", "1:1"},
	{"COPY a TO '/tmp/x'", "1:1"},
	{"COPY (SELECT 1) TO PROGRAM 'sh'", "1:1"},
	{"SELECT lo_import('/etc/passwd')", "1:8"},
	{"SELECT lo_export(1, '/tmp/x')", "1:8"},
	{"SELECT pg_read_binary_file('/etc/passwd')", "1:8"},
	{"SELECT \"pg_read_file\" /* a */ ('/etc/passwd')", "1:8"},
	{"SELECT U&\"pg_read\\005Ffile\"('/etc/passwd')", "1:8"},
	{"SELECT pg_ls_dir('.')", "1:8"},
	{"LOAD '$libdir/x'", "1:1"},
	{"CREATE FUNCTION f(text) RETURNS int LANGUAGE c AS 'libc.so.6', 'system'", "1:46"},
	{"CREATE FUNCTION f(text) RETURNS text LANGUAGE 'internal' AS 'pg_read_file_all'", "1:47"},
	{"CREATE FUNCTION f() RETURNS int AS $$ import os $$ LANGUAGE plpython3u", "1:61"},
	{"DO LANGUAGE plperlu $$ system('id') $$", "1:13"},
	{"DO $$ x $$ LANGUAGE E'\\x70lpython3u'", "1:21"},
	{"CREATE LANGUAGE evil HANDLER h", "1:17"},
	{"CREATE OR REPLACE TRUSTED PROCEDURAL LANGUAGE plpgsql HANDLER h", "1:55"},

	// Our limits, the transaction, and how the text is read.
	{"SET --\rstatement_timeout = '1h'", "1:8"},
	{"SET LOCAL lock_timeout = 0", "1:11"},
	{"SET SESSION lock_timeout TO '0'", "1:13"},
	{"SET \"lock_timeout\" = 1", "1:5"},
	{"RESET statement_timeout", "1:7"},
	{"RESET ALL", "1:7"},
	{"SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY", "1:13"},
	{"SET LOCAL ROLE postgres", "1:11"},
	{"SET synchronous_commit = off", "1:5"},
	{"SET session_replication_role = replica", "1:5"},
	{"SET standard_conforming_strings = off", "1:5"},
	{"SET standard_conforming_strings TO DEFAULT", "1:5"},
	{"SET client_encoding = 'SJIS'", "1:5"},
	{"SET NAMES 'SJIS'", "1:5"},
	{"SET track_counts = off", "1:5"},
	{"SELECT set_config('lock_' || 'timeout', '0', false)", "1:19"},
	{"SELECT set_config('search_path' || x, '0', false) FROM y", "1:33"},
	{"SELECT set_config('lock_'\n'timeout', '0', false)", "1:19"},
	{"SELECT set_config(E'lock_timeout', '0', false)", "1:19"},
	{"SELECT \"set_config\"('role', 'postgres', false)", "1:21"},
	{"SELECT set_config(setting_name => 'role', new_value => 'postgres', is_local => false)", "1:19"},
	{"CREATE OPERATOR ### (FUNCTION = set_config, LEFTARG = text)", "1:43"},
	{"CREATE FUNCTION f() RETURNS int LANGUAGE sql SET lock_timeout = 0 AS 'SELECT 1'", "1:50"},
	{"ALTER FUNCTION f() SET ROLE postgres", "1:24"},
	{"ALTER ROUTINE f() SET standard_conforming_strings TO off", "1:23"},
	{"PREPARE p AS SELECT 1", "1:1"},
	{"EXECUTE p", "1:1"},
	{"DECLARE c CURSOR FOR SELECT 1", "1:1"},
	{"DISCARD PLANS", "1:1"},
	{"LISTEN a", "1:1"},
	{"START TRANSACTION READ ONLY", "1:1"},
	{"ABORT", "1:1"},
	{"COMMIT\v;", "1:1"},
	{"ſELECT 1", "1:1"},
	{"\u00a0SELECT 1", "1:1"},
	{"\"SELECT\" 1", "1:1"},
	{"REPACK a", "1:1"},
	{"CREATE PROPERTY GRAPH g", "1:1"},
	{"DROP", "1:1"},

	// Texts that end elsewhere than they seem to.
	{"SELECT $1E'\\'; SELECT 1; DROP DATABASE x; --'", "1:9"},
	{"SELECT 1E'\\'; DROP DATABASE x; --'", "1:8"},
	{"SELECT $1$$; DROP DATABASE x; $$", "1:9"},
	{"SELECT E'a'\n'\\'; DROP DATABASE x; --'; DROP TABLESPACE t", "2:28"},
	{"SELECT 'a' -- b\r 'c\\'; DROP DATABASE x", "1:24"},
	{"SELECT $é$ ; $é$; DROP DATABASE x", "1:19"},
	{"SELECT a$b$; DROP DATABASE x; $b$", "1:14"},
	{"SELECT 1 --\r; DROP DATABASE x", "1:15"},
	{"SELECT 2 */* /* ; */ DROP */ 2; DROP DATABASE x", "1:33"},
	{"SELECT U&'\\'; DROP DATABASE x; --'", "1:15"},
	{"SELECT N'\\'; DROP DATABASE x; --'", "1:14"},
	{"SELECT B'1''0'; DROP DATABASE x", "1:17"},
	{"CREATE TABLE begin (atomic int); DROP DATABASE x", "1:34"},
	{"CREATE FUNCTION f(a int) RETURNS int BEGIN ATOMIC SELECT 1 AS case; END; DROP DATABASE x", "1:74"},
	{"\\connect billing", "1:1"},
	{"\\restrict x; DROP DATABASE x", "1:1"},
	{"SELECT 1\n\\restrict x\n; DROP DATABASE x", "2:1"},
	{"DELETE FROM \"towpath_ledger\"", "1:13"},
	{"ALTER TABLE a RENAME TO TOWPATH_LEDGER", "1:25"},
}

func TestSplit_attacksAreRefused(t *testing.T) {
	t.Parallel()
	for _, a := range attacks {
		var first *statement.Error
		e := postgres.New()
		for st, err := range e.Split(strings.NewReader(a.script)) {
			if err == nil {
				err = e.Vet(engine.Target{}, st)
			}
			if err != nil && !errors.As(err, &first) {
				t.Fatal(err)
			}
			if first != nil {
				break
			}
		}
		switch {
		case first == nil:
			t.Errorf("%q is not refused", a.script)
		case first.Pos.String() != a.at:
			t.Errorf("%q is refused with %v, want it at %s", a.script, first, a.at)
		}
	}
	t.Logf("%d tried", len(attacks))
}
