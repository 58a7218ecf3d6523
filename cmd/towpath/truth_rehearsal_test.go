package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/executor"
	"towpath/internal/sqlreview"
	"towpath/internal/statement"
)

// TestTruthOfRehearsals compares what the rules foretell with what rehearsals see of it: new storage
// of tables, locks that keep writers out where the server is asked for them, and failures.
func TestTruthOfRehearsals(t *testing.T) {
	t.Parallel()
	archives, err := filepath.Glob("../../internal/sqlreview/rules/testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("%d fixtures, %v", len(archives), err)
	}
	if *everyServer {
		archives = truthArchives(t)
	}
	places := stages(t)
	var total score
	for _, one := range truths(t) {
		if one.server.Dialect != towpath.EngineSQLite && !*everyServer {
			continue
		}
		var r rehearsed
		where := places[string(one.server.Dialect)]
		one.engine = where.engine
		one.database = func(t *testing.T) engine.Target { return r.begin(t, one.server.Dialect, where) }
		one.open = func(t *testing.T, _ engine.Target, setup string) witness { return r.open(t, setup) }
		one.shown = slices.DeleteFunc(one.shown, func(e effect) bool { return e == builds || e == scans })
		var own score
		t.Run(string(one.server.Dialect), func(t *testing.T) {
			for _, path := range archives {
				one.archive(t, path, &own)
			}
		})
		fmt.Printf("rehearsals of %s: %d statements, %d effects as foretold, %d wrong, %d missed\n", one.server.Dialect,
			own.statements, own.right, own.wrong, own.missed)
		total.add(own)
	}
	mismatches := total.wrong + total.missed
	fmt.Printf("truth: %d statements, mismatches %d\n", total.statements, mismatches)
	most := 3 // of SQLite alone, whose fixtures are few
	if *everyServer {
		most = total.statements / 100
	}
	if total.statements < 50 || mismatches > most {
		t.Errorf("%d mismatches of %d statements, which are more than %d", mismatches, total.statements, most)
	}
}

// rehearsed is a witness that sees what a rehearsal sees. Each statement is a file of its own.
type rehearsed struct {
	ctx     context.Context
	dialect towpath.EngineType
	trial   executor.Trial
	session []string // the settings and temporary tables of the file so far, which end with a session
}

func (r *rehearsed) begin(t *testing.T, dialect towpath.EngineType, at stage) engine.Target {
	t.Helper()
	scratch, err := at.engine.(engine.Rehearser).MakeScratch(t.Context(), at.instance)
	if err != nil {
		t.Fatal(err)
	}
	db, err := scratch.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(db.Close(), scratch.Drop(context.Background())); err != nil {
			t.Error(err)
		}
	})
	*r = rehearsed{ctx: t.Context(), dialect: dialect, trial: executor.Trial{
		Engine: at.engine, Scratch: scratch, DB: db,
		Defaults: statement.Limits{Lock: 5 * time.Second, Statement: time.Minute},
	}}
	return scratch.Target()
}

// open makes the schema, and puts a row into each table that takes one.
func (r *rehearsed) open(t *testing.T, setup string) witness {
	t.Helper()
	if _, err := r.trial.Run(r.ctx, setup, nil); code(err) == syntaxError {
		return nil
	} else if err != nil && strings.TrimSpace(setup) != "" {
		t.Fatalf("set up: %v", err)
	}
	if r.dialect == towpath.EnginePostgres {
		if _, err := r.trial.Run(r.ctx, strings.TrimPrefix(rowInEach, ";"), nil); err != nil {
			t.Fatal(err)
		}
		return r
	}
	db, err := r.trial.DB.(engine.Cataloger).Catalog(r.ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range db.Tables {
		text := "INSERT IGNORE INTO `" + table.Name + "` () VALUES ()"
		if r.dialect == towpath.EngineSQLite {
			text = `INSERT OR IGNORE INTO "` + table.Name + `" VALUES (1` + strings.Repeat(", 1", len(table.Columns)-1) + ")"
		}
		_, _ = r.trial.Run(r.ctx, text, nil) // a table may take no such row
	}
	return r
}

func (r *rehearsed) run(st *sqlreview.Text, fresh []string) (all map[effect]bool, known bool) {
	all = map[effect]bool{}
	if len(fresh) == 0 && st.Pos.Line == 1 {
		r.session = nil
	}
	text := strings.Join(append(slices.Clone(r.session), st.Text), ";\n")
	if st.Set != nil || (st.CreateTable != nil && st.CreateTable.Temporary) {
		r.session = append(r.session, st.Text)
	}
	_, err := r.trial.Run(r.ctx, text, func(did executor.Tried) {
		for _, table := range did.Observation.Rewritten {
			all[rewrites] = all[rewrites] || !slices.Contains(fresh, table)
		}
		for _, l := range did.Observation.Locks {
			all[blocks] = all[blocks] || (strings.HasPrefix(l.Mode, "LOCK=") && l.Mode != "LOCK=NONE" && !slices.Contains(fresh, l.Table))
		}
	})
	var failed *executor.TrialError
	switch {
	case err == nil:
		return all, true
	case !errors.As(err, &failed), failed.Unsafe, errors.As(err, new(*statement.Error)):
		return all, false
	}
	all[failing] = true
	switch r.dialect {
	case towpath.EnginePostgres:
		_, known = effectsOf(st, nil, err, fresh)
	case towpath.EngineMySQL:
		known = slices.Contains(foretold, code(err)) && st.Block == nil && st.Select == nil && !elsewhere(st) &&
			!(code(err) == syntaxError && st.Failed == "") // of MySQL alone
	default:
		known = st.Refuse == ""
	}
	return all, known
}
