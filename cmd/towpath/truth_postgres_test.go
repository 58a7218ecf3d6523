package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"towpath/internal/ast"
	"towpath/internal/engine"
	"towpath/internal/sqlreview"
)

// postgresClaims are the rules that say that a statement has an effect.
var postgresClaims = map[effect][]string{
	rewrites: {"PL17", "PL18", "PL19", "PL20", "PL21", "PL24", "PL35"},
	builds:   {"PL01", "PL03", "PL05", "PL07", "PL10", "PL11"},
	scans:    {"PL08", "PL12", "PL13", "PL15", "PL34"},
	failing:  {"DD03", "DD05", "RU01", "ST14", "ST15"},
}

// postgresSays are the effects of a finding, by its rule, or by its sentence where the rule has several.
func postgresSays(f sqlreview.Finding) []effect {
	if f.Rule != "PL16" {
		return byRule(postgresClaims)(f)
	}
	switch {
	case strings.Contains(f.Message, "is written again"):
		return []effect{rewrites}
	case strings.Contains(f.Message, "is built again"):
		return []effect{builds}
	}
	return []effect{scans}
}

// postgresWitness reads what PostgreSQL says of its work in messages for developers.
type postgresWitness struct {
	conn *pgx.Conn
	ctx  context.Context
	said []string
}

func openPostgresWitness(t *testing.T, target engine.Target, setup string) witness {
	t.Helper()
	config, err := pgx.ParseConfig("sslmode=disable")
	if err != nil {
		t.Fatal(err)
	}
	host, port, _ := strings.Cut(target.Address, ":")
	config.Host, config.User, config.Password, config.Database = host, target.Username, target.Password, target.Database
	fmt.Sscan(port, &config.Port)
	w := &postgresWitness{ctx: t.Context()}
	config.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) { w.said = append(w.said, n.Message) }
	if w.conn, err = pgx.ConnectConfig(w.ctx, config); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.conn.Close(context.WithoutCancel(w.ctx)) })
	for _, text := range []string{setup + rowInEach, "SET client_min_messages = debug1; SET timezone = 'Europe/Berlin'"} {
		if _, err := w.conn.Exec(w.ctx, text); err != nil {
			t.Fatalf("set up: %v", err)
		}
	}
	return w
}

func (w *postgresWitness) run(st *sqlreview.Text, fresh []string) (map[effect]bool, bool) {
	w.said = nil
	_, err := w.conn.Exec(w.ctx, st.Text)
	return effectsOf(st, w.said, err, fresh)
}

// rowInEach puts a row into each table that takes one.
const rowInEach = `;
DO $$ DECLARE r regclass; BEGIN
	FOR r IN SELECT oid FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace LOOP
		BEGIN
			EXECUTE 'INSERT INTO ' || r || ' DEFAULT VALUES';
		EXCEPTION WHEN OTHERS THEN
			BEGIN
				EXECUTE 'INSERT INTO ' || r || ' (id) VALUES (1)';
			EXCEPTION WHEN OTHERS THEN
				BEGIN
					EXECUTE 'INSERT INTO ' || r || ' (id, status) VALUES (1, ''a'')';
				EXCEPTION WHEN OTHERS THEN NULL;
				END;
			END;
		END;
	END LOOP;
END $$`

// https://github.com/postgres/postgres/blob/master/src/backend/commands/tablecmds.c
var work = map[*regexp.Regexp]effect{
	regexp.MustCompile(`^rewriting table "(.+)"$`):                          rewrites,
	regexp.MustCompile(`^clustering "[^"]*\.(.+)" using `):                  rewrites,
	regexp.MustCompile(`^vacuuming "[^"]*\.(.+)"$`):                         rewrites,
	regexp.MustCompile(`^verifying table "(.+)"$`):                          scans,
	regexp.MustCompile(`^validating foreign key constraint "(.+)"$`):        scans,
	regexp.MustCompile(`^building index "(?:.+)" on table "(.+)" serially`): builds,
}

// effectsOf reads what a server says of its work with tables that others may use. It is not known
// when the statement fails for what no catalog of tables shows: for a row, or in a block.
func effectsOf(st *sqlreview.Text, said []string, err error, fresh []string) (all map[effect]bool, known bool) {
	all = map[effect]bool{}
	var e *pgconn.PgError
	if errors.As(err, &e) {
		all[failing] = true
		return all, st.Block == nil && (e.Code == "23502" && addsColumn(st) ||
			slices.Contains([]string{"42P01", "42703", "42P07", "42701", "42601"}, e.Code))
	}
	for _, message := range said {
		for pattern, effect := range work {
			m := pattern.FindStringSubmatch(message)
			if m == nil || slices.Contains(fresh, m[1]) || strings.HasPrefix(m[1], "pg_toast") {
				continue
			}
			if effect == builds && st.Maintain != nil && st.Maintain.Verb != "reindex" {
				effect = rewrites // with all of its indexes
			}
			all[effect] = true
		}
	}
	switch {
	case st.Truncate != nil: // an index without rows
		delete(all, builds)
	case validates(st): // which others can go on beside
		delete(all, scans)
	}
	return all, err == nil
}

func addsColumn(st *sqlreview.Text) bool {
	return st.AlterTable != nil && slices.ContainsFunc(st.AlterTable.Actions, func(a ast.Action) bool { return a.Kind == ast.AddColumn })
}

func validates(st *sqlreview.Text) bool {
	return st.AlterTable != nil && slices.ContainsFunc(st.AlterTable.Actions, func(a ast.Action) bool { return a.Kind == ast.ValidateConstraint })
}
