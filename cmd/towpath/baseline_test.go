package main

import (
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"towpath/internal/executor"
	"towpath/internal/rehearsal"
)

// verbBaseline runs the command baseline for the database of an environment.
func verbBaseline(ts *testscript.TestScript, neg bool, args []string) {
	w := worldOf(ts)
	line := []string{"baseline", "--server", w.api.base, "--token", w.api.token}
	line = append(append(line, args[1:]...), databaseID(ts, args[0]))
	if err := ts.Exec("towpath", line...); neg != (err != nil) {
		ts.Fatalf("towpath baseline: %v", err)
	}
}

// A text is proved only when it runs as a file does and makes exactly the wanted schema.
func TestProve(t *testing.T) {
	makeUsers(t)
	t.Parallel()
	for name, c := range map[string]struct{ made, extra, broken string }{
		"postgres": {
			made: `CREATE TABLE "order" (id int PRIMARY KEY, größe text); CREATE VIEW towpath AS SELECT id FROM "order";
				CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$`,
			extra:  `; CREATE INDEX i ON "order" (größe)`,
			broken: "; COMMIT",
		},
		"mysql": {
			made:   "CREATE TABLE `order` (id INT PRIMARY KEY, größe VARCHAR(9)); CREATE VIEW towpath AS SELECT id FROM `order`",
			extra:  "; CREATE INDEX i ON `order` (größe)",
			broken: "; CREATE TABLE nothing (id nonsense)",
		},
		"sqlite": {
			made:   `CREATE TABLE "order" (id INTEGER PRIMARY KEY, größe TEXT); CREATE VIEW towpath AS SELECT id FROM "order"`,
			extra:  `; CREATE INDEX i ON "order" (größe)`,
			broken: "; ATTACH 'x' AS y",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stages(t)[name]
			in := rehearsal.Input{Engine: s.engine, Instance: s.instance, Logger: slog.New(slog.DiscardHandler)}
			dump := s.dumpOf(t, c.made)
			if diff, err := rehearsal.Prove(t.Context(), in, dump, dump); err != nil || diff != "" {
				t.Errorf("its own dump: %v\n%s", err, diff)
			}
			diff, err := rehearsal.Prove(t.Context(), in, dump, s.dumpOf(t, c.made+c.extra))
			if err != nil || !strings.Contains(diff, "\n-") {
				t.Errorf("one index less: %v\n%s", err, diff)
			}
			var failed *executor.TrialError
			_, err = rehearsal.Prove(t.Context(), in, dump+c.broken, dump)
			if !errors.As(err, &failed) {
				t.Errorf("a text that does not run: %v", err)
			}
		})
	}
}

// dumpOf is the dump of a database with this schema.
func (s stage) dumpOf(t *testing.T, text string) string {
	t.Helper()
	scratch := s.other(t)
	if err := scratch.Fill(t.Context(), text); err != nil {
		t.Fatal(err)
	}
	return content(t, s.engine, scratch.Target())
}
