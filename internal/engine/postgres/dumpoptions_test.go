package postgres_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"towpath/internal/engine"
	"towpath/internal/engine/postgres"
)

const rowsOfDump = `CREATE TABLE "größe" (id serial PRIMARY KEY, note text, made numeric GENERATED ALWAYS AS (length(note)) STORED);
CREATE TYPE mood AS ENUM ('sad', 'it''s'); CREATE DOMAIN short AS text CHECK (length(VALUE) < 9);
CREATE TABLE part (day date, m mood, s short) PARTITION BY RANGE (day); CREATE TABLE part_1 PARTITION OF part FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
INSERT INTO "größe" (note) VALUES ('it''s; COMMIT;'), (E'a\\\nb'), (NULL), (':owner'); INSERT INTO part VALUES ('2026-02-03', 'it''s', 'x');
CREATE VIEW v AS SELECT note || ':x' AS n FROM "größe"; CREATE MATERIALIZED VIEW mv AS SELECT * FROM v;
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.note := ':a'; RETURN NEW; END $$;
CREATE TRIGGER t BEFORE UPDATE ON "größe" FOR EACH ROW EXECUTE FUNCTION f(); CREATE INDEX i ON part (day) INCLUDE (m);
ALTER TABLE part ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON part USING (day IS NOT NULL); COMMENT ON TABLE part IS 'a:b'`

// pgDump is the output of pg_dump for a database, with rows.
func pgDump(t *testing.T, target engine.Target, with string) string {
	t.Helper()
	host, port, _ := strings.Cut(target.Address, ":")
	args := append(strings.Fields(with), withoutLedger, "--host="+host, "--port="+port, "--username="+
		target.Username, "--dbname="+target.Database, "--no-password")
	cmd := exec.CommandContext(t.Context(), filepath.Join(server.Programs(), "pg_dump"), args...)
	cmd.Env = append(os.Environ(), "PGPASSWORD="+target.Password, "PGSSLMODE=disable")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("pg_dump %s: %v", with, err)
	}
	return string(out)
}

// Dumps with rows and the usual options run as a first file and create what was dumped.
func TestDump_usualOptionsRun(t *testing.T) {
	t.Parallel()
	source := server.Database(t)
	s := begin(t, open(t, source), options)
	if err := errors.Join(run(t.Context(), s, rowsOfDump), s.Close()); err != nil {
		t.Fatal(err)
	}
	want := pgDump(t, source, "--inserts")
	for _, with := range []string{
		"--inserts", "--column-inserts --no-owner --no-privileges",
		"--inserts --rows-per-insert=2 --on-conflict-do-nothing",
		"--inserts --quote-all-identifiers --no-comments --no-tablespaces",
		"--inserts --disable-triggers --disable-dollar-quoting", "--inserts --enable-row-security",
	} {
		if strings.Contains(with, "rows-per-insert") && server.Version() < 14 {
			// that server takes no DEFAULT for a generated column among several rows, so psql
			// cannot run it either
			continue
		}
		t.Run(with, func(t *testing.T) {
			t.Parallel()
			replay := server.Database(t)
			s := begin(t, open(t, replay), options)
			if err := errors.Join(run(t.Context(), s, pgDump(t, source, with)), s.Close()); err != nil {
				t.Fatal(err)
			}
			got := pgDump(t, replay, "--inserts")
			if len(plainDump(got)) < len(plainDump(want))-1 ||
				!strings.Contains(got, "INSERT INTO public.part_1 VALUES ('2026-02-03', 'it''s', 'x')") {
				t.Errorf("it makes\n%s", got)
			}
		})
	}
}

func TestDump_saysWhichOptionItMustNotHave(t *testing.T) {
	t.Parallel()
	source := server.Database(t)
	for with, want := range map[string]string{
		"--create --clean --if-exists":             "without --create",
		"--use-set-session-authorization --create": "without --create",
		"--encoding=LATIN1":                        "--encoding=UTF8",
	} {
		var told []string
		for _, err := range postgres.New().Split(strings.NewReader(pgDump(t, source, with))) {
			if err != nil {
				told = append(told, err.Error())
			}
		}
		if !strings.Contains(fmt.Sprint(told), want) {
			t.Errorf("%s is told with %q", with, told)
		}
	}
}
