package enginetest

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"towpath"
	"towpath/internal/engine"
)

func testDump(t *testing.T, f Fixture) {
	Replay(t, f, f.Schema)
}

// fewest is how many schemas an engine is tried with at least.
const fewest = 40

// ReplayAll replays each script of a folder. Compare, unless it is nil, compares both databases by
// other means.
func ReplayAll(
	t *testing.T, f Fixture, folder string, compare func(t *testing.T, source, replay engine.Target),
) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.sql"))
	if err != nil || len(files) < fewest {
		t.Fatalf("%d fixtures, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			script, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			text, ok := suited(t, f, string(script))
			if !ok {
				return
			}
			source, replay := Replay(t, f, text)
			fills(t, f, source)
			SameCatalog(t, f.Engine, source, replay)
			if reason, ok := strings.CutPrefix(text, "-- not followed: "); ok {
				t.Logf("not followed: %s", reason[:strings.Index(reason, "\n")])
				return
			}
			Followed(t, f.Engine, source, f.Has != nil && f.Has("mariadb"), text)
			if compare != nil {
				compare(t, source, replay)
			}
		})
	}
}

// Replay runs a script, dumps the schema, runs the dump in an empty database and expects the same
// fingerprint and dump. Lines "-- want: text" in the script name what the dump must contain, since
// a dump that lost something replays well too.
func Replay(t *testing.T, f Fixture, script string) (source, replay engine.Target) {
	t.Helper()
	source, replay = f.New(t), f.New(t)
	ctx, from := setupTarget(t, f, source)
	from.apply(ctx, script)
	want := from.schema(ctx)
	if want.Dump == "" {
		t.Fatal("the dump is empty")
	}
	for line := range strings.Lines(script) {
		if text, ok := strings.CutPrefix(strings.TrimSpace(line), "-- want: "); ok &&
			!strings.Contains(want.Dump, wanted(text)) {
			t.Errorf("the dump lacks %q:\n%s", text, want.Dump)
		}
	}
	ctx, to := setupTarget(t, f, replay)
	to.apply(ctx, want.Dump)
	if got := to.schema(ctx); got != want {
		t.Errorf("the dump does not replay.\nfirst:\n%s\nsecond:\n%s", want.Dump, got.Dump)
	}
	return source, replay
}

// onlyInTargets are the objects that a scratch database does not get: they run by themselves.
var onlyInTargets = regexp.MustCompile(`(?m)^CREATE (DEFINER\S* )?EVENT `)

// fills expects that a scratch database gets the same schema from the dump.
func fills(t *testing.T, f Fixture, source engine.Target) {
	t.Helper()
	_, from := setupTarget(t, f, source)
	want := from.schema(t.Context())
	if onlyInTargets.MatchString(want.Dump) {
		return
	}
	scratch, err := f.Engine.(engine.Rehearser).MakeScratch(t.Context(), source)
	for towpath.ErrorCode(err) == towpath.CodeTooMany && t.Context().Err() == nil {
		scratch, err = f.Engine.(engine.Rehearser).MakeScratch(t.Context(), source)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := scratch.Drop(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	if err := scratch.Fill(t.Context(), want.Dump); err != nil {
		t.Fatalf("%v in\n%s", err, want.Dump)
	}
	db, err := scratch.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if got, err := db.Schema(t.Context()); err != nil || got.Dump != want.Dump {
		t.Errorf("the scratch database differs, %v.\nthe dump:\n%s\nfrom it:\n%s", err, want.Dump, got.Dump)
	}
}

// wanted is the text of a want line, without its needs.
func wanted(line string) string {
	text, _, _ := strings.Cut(line, needsMark)
	return strings.TrimRight(text, " ")
}

// Survives runs a script of a fuzzer, and when the database takes it expects that its dump replays.
func Survives(t *testing.T, f Fixture, script string) {
	t.Helper()
	ctx, from := setup(t, f)
	s := from.begin(ctx, options)
	for one, err := range f.Engine.Split(strings.NewReader(script)) {
		if err != nil {
			return
		}
		if _, err := s.Exec(ctx, one); err != nil {
			return
		}
	}
	if err := s.Commit(ctx); err != nil {
		return
	}
	want := from.schema(ctx)
	ctx, to := setup(t, f)
	to.apply(ctx, want.Dump)
	if got := to.schema(ctx); got != want {
		t.Errorf("the dump does not replay.\nfirst:\n%s\nsecond:\n%s", want.Dump, got.Dump)
	}
}

// testColumnALine checks the layout that all engines share, so that a diff shows only changes.
func testColumnALine(t *testing.T, f Fixture) {
	for name, script := range map[string]string{
		"on one line":     "CREATE TABLE orders (id INT NOT NULL, groesse VARCHAR(20) DEFAULT 'a, (b')",
		"with a key":      "CREATE TABLE orders (id INT, CONSTRAINT orders_key UNIQUE (id))",
		"with one column": "create table orders(\n\n\tid int)",
		"as people write": "CREATE TABLE orders\n(\n  id INT,\n  total DECIMAL(10, 2)  NOT NULL\n)\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, b := setup(t, f)
			b.apply(ctx, script)
			before := b.schema(ctx).Dump
			b.apply(ctx, "ALTER TABLE orders ADD COLUMN phone VARCHAR(30)")
			after := b.schema(ctx).Dump
			added, removed := lineDiff(before, after)
			if len(removed) != 0 || len(added) != 1 || !strings.HasPrefix(added[0], "  , ") ||
				!strings.Contains(added[0], "phone") {
				t.Errorf("added %q, removed %q, want one line for phone.\nbefore:\n%s\nafter:\n%s",
					added, removed, before, after)
			}
		})
	}
}

// lineDiff are the lines that only one of two texts has.
func lineDiff(before, after string) (added, removed []string) {
	old, now := strings.Split(before, "\n"), strings.Split(after, "\n")
	for _, line := range now {
		if i := slices.Index(old, line); i >= 0 {
			old = slices.Delete(old, i, i+1)
			continue
		}
		added = append(added, line)
	}
	return added, old
}

func testSchemaWithoutLedger(t *testing.T, f Fixture) {
	ctx, b := setup(t, f)
	before := b.schema(ctx)
	if err := b.record(ctx, entry("1", 1)); err != nil {
		t.Fatal(err)
	}
	if after := b.schema(ctx); after != before {
		t.Errorf("the ledger is part of the schema:\n%s", after.Dump)
	}
}

func testFingerprint(t *testing.T, f Fixture) {
	ctx, b := setup(t, f)
	b.apply(ctx, "CREATE TABLE a (id int)")
	first := b.schema(ctx)
	b.apply(ctx, "INSERT INTO a VALUES (1)")
	if got := b.schema(ctx); got != first {
		t.Errorf("data changed the schema:\n%s", got.Dump)
	}
	b.apply(ctx, "ALTER TABLE a ADD COLUMN b int")
	if got := b.schema(ctx); got.Fingerprint == first.Fingerprint {
		t.Error("a new column did not change the fingerprint")
	}
	var cosmetic [2]engine.Schema
	for i, script := range f.Cosmetic {
		ctx, fresh := setup(t, f)
		fresh.apply(ctx, script)
		cosmetic[i] = fresh.schema(ctx)
	}
	if cosmetic[0].Fingerprint != cosmetic[1].Fingerprint {
		t.Errorf("equal catalogs differ:\n%s\n%s", cosmetic[0].Dump, cosmetic[1].Dump)
	}
}

func testMissing(t *testing.T, f Fixture) {
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	target := f.Missing(t)
	db, err := f.Engine.Open(ctx, target)
	if err == nil {
		t.Fatalf("opened: %v", db.Close())
	}
	if towpath.ErrorCode(err) != towpath.CodeUnavailable {
		t.Errorf("error is %v", err)
	}
	report, err := f.Engine.Check(ctx, target)
	if err != nil {
		t.Fatal(err)
	}
	if report.OK || len(report.Findings) == 0 || strings.TrimSpace(report.Findings[0].Message) == "" {
		t.Errorf("report is %+v", report)
	}
}

func testDiscover(t *testing.T, f Fixture) {
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	target := f.New(t)
	report, err := f.Engine.Check(ctx, target)
	if err != nil || !report.OK || report.Version == "" {
		t.Errorf("report is %+v, %v", report, err)
	}
	instance := target
	instance.Database = ""
	report, err = f.Engine.Check(ctx, instance)
	if err != nil || !report.OK || report.Version == "" {
		t.Errorf("report of the instance is %+v, %v", report, err)
	}
	names, err := f.Engine.Discover(ctx, instance)
	if err != nil || !slices.Contains(names, target.Database) || !slices.IsSorted(names) {
		t.Errorf("discovered %q, %v", names, err)
	}
}
