package postgres_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"towpath/internal/engine"
	"towpath/internal/engine/postgres"
	"towpath/internal/statement"
)

// runsAsFirstFile runs a dump as a migration, with its ledger row, and expects the objects of the
// dump.
func runsAsFirstFile(t *testing.T, dump string) {
	t.Helper()
	target := server.Database(t)
	db, o := open(t, target), options
	scan, err := statement.ReadAll(postgres.New().Split(strings.NewReader(dump)))
	if err != nil {
		t.Fatalf("%v of\n%s", err, dump)
	}
	o.NoTx = scan.NoTx
	s := begin(t, db, o)
	if err := errors.Join(run(t.Context(), s, dump), s.Close()); err != nil {
		t.Fatalf("%v of\n%s", err, dump)
	}
	if diff := cmp.Diff(plainDump(dump),
		plainDump(server.Dump(t, target.Database, withoutLedger))); diff != "" {
		t.Errorf("it makes something else:\n%s", diff)
	}
	s = begin(t, db, options)
	if err := errors.Join(run(t.Context(), s,
		"CREATE TABLE next_one (id int); SELECT 'public.next_one'::regclass"), s.Close()); err != nil {
		t.Errorf("the next migration: %v", err)
	}
}

// dumpHead is the beginning of a dump of pg_dump: %s is for additions of versions.
const dumpHead = `--
-- PostgreSQL database dump
--
%s
-- Dumped from database version 18.1

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;%s
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

CREATE SCHEMA public;


ALTER SCHEMA public OWNER TO owner;
COMMENT ON SCHEMA public IS 'standard public schema';
CREATE EXTENSION IF NOT EXISTS pgcrypto WITH SCHEMA public;
COMMENT ON EXTENSION pgcrypto IS 'cryptographic functions';
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.a (id integer NOT NULL, note text);
ALTER TABLE public.a OWNER TO owner;
CREATE SEQUENCE public.a_id_seq AS integer START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;
ALTER SEQUENCE public.a_id_seq OWNED BY public.a.id;
ALTER TABLE ONLY public.a ALTER COLUMN id SET DEFAULT nextval('public.a_id_seq'::regclass);
SELECT pg_catalog.setval('public.a_id_seq', 41, true);
REVOKE USAGE ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE owner IN SCHEMA public GRANT SELECT ON TABLES TO PUBLIC;
%s`

func TestDump_headsOfEveryVersionRun(t *testing.T) {
	t.Parallel()
	for version, head := range map[string]string{
		"13 to 16": fmt.Sprintf(dumpHead, "", "", ""),
		"17":       fmt.Sprintf(dumpHead, "", "\nSET transaction_timeout = 0;", ""),
		"18": fmt.Sprintf(dumpHead, "\n\\restrict 4kXbqjT0pPYbE2\n", "\nSET transaction_timeout = 0;",
			"\n--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict 4kXbqjT0pPYbE2\n\n"),
		"with line ends of Windows": strings.ReplaceAll(fmt.Sprintf(dumpHead, "\n\\restrict x\n", "",
			"\\unrestrict x"), "\n", "\r\n"),
	} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			db := open(t, server.Database(t))
			s := begin(t, db, options)
			if err := errors.Join(s.Record(t.Context(), entry("1")), run(t.Context(), s, head),
				s.Close()); err != nil {
				t.Fatal(err)
			}
			s = begin(t, db, options)
			if err := run(t.Context(), s,
				"INSERT INTO a VALUES (DEFAULT) RETURNING CASE WHEN id <> 42 THEN 1 / (id - id) END"); err != nil {
				t.Errorf("the next migration: %v", err)
			}
			if rows, err := db.Ledger(t.Context()); err != nil || len(rows.Entries) != 1 {
				t.Errorf("the ledger is %v, %v", rows, err)
			}
		})
	}
}

func TestDump_dataIsRefusedOnceWithAllElse(t *testing.T) {
	t.Parallel()
	script := "SET client_encoding = 'LATIN1';\nCOPY public.a (id, t) FROM stdin;\n1\ta;b " +
		"'c\n\\N\t\\\\.\n\\.\n\n\nCOPY public.b FROM stdin WITH (FORMAT csv);\n\\.\n" +
		"CREATE TABLE c (id int);\nCOPY c FROM STDIN;\r\n\"\r\n\\.\r\nALTER ROLE x SUPERUSER;\nCOPY c TO '/tmp/x';\n\\connect x\nSELECT 1"
	var got []string
	for st, err := range postgres.New().Split(strings.NewReader(script)) {
		var refused *statement.Error
		switch {
		case errors.As(err, &refused):
			got = append(got, refused.Pos.String()+" refused")
		case err != nil:
			t.Fatal(err)
		default:
			got = append(got, st.Pos.String()+" "+st.Verb)
		}
	}
	want := []string{
		"1:5 refused", "2:1 refused", "10:1 CREATE TABLE", "14:14 refused", "15:1 refused",
		"16:1 refused", "17:1 SELECT",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDump_ourLimitsHoldBehindIt(t *testing.T) {
	t.Parallel()
	err := run(t.Context(), begin(t, open(t, server.Database(t)),
		engine.SessionOptions{LockTimeout: options.LockTimeout, StatementTimeout: 300e6}),
		fmt.Sprintf(dumpHead, "", "", "SELECT pg_sleep(20);"))
	if kindOf(err) != engine.Timeout {
		t.Errorf("error is %v", err)
	}
}
