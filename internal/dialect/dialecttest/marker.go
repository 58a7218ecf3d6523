package dialecttest

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"towpath/internal/statement"
)

// marked are files of migration tools that are understood, and the first words of what runs.
var marked = []struct {
	format statement.Format
	script string
	want   []string // line:column and the text of each statement
	undo   string   // the way back, as the file has it
	noTx   bool
}{
	{
		statement.FormatGoose,
		"-- a note\n\n-- +goose Up\nSELECT 1;\nSELECT 2;\n\n-- +goose Down\nDROP TABLE a;\nDROP TABLE b;\n",
		[]string{"4:1 SELECT 1", "5:1 SELECT 2"},
		"DROP TABLE a;\nDROP TABLE b;\n", false,
	},
	{
		statement.FormatGoose,
		"\ufeff-- +goose NO TRANSACTION\r\n-- +goose up\r\n-- +goose StatementBegin\r\nSELECT 1\r\n" +
			"-- +goose StatementEnd\r\nSELECT 2; -- the end\r\n-- +goose DOWN\r\nDROP TABLE a",
		[]string{"4:1 SELECT 1", "6:1 SELECT 2"},
		"DROP TABLE a", true,
	},
	{
		statement.FormatGoose, "-- +goose Up\n-- +goose StatementBegin\nSELECT ';\n' ;\n-- +goose StatementEnd",
		[]string{"3:1 SELECT ';\n'"},
		"", false,
	},
	{
		statement.FormatGoose, "-- +goose Up\n-- +goose ENVSUB OFF\nSELECT 1;\n-- +goose Down", // no line's end
		[]string{"3:1 SELECT 1"},
		"", false,
	},
	{
		statement.FormatDbmate,
		"-- migrate:up transaction:false\nSELECT 1;\n  SELECT 2\n-- migrate:down\nDROP TABLE a; -- 'open",
		[]string{"2:1 SELECT 1", "3:3 SELECT 2"},
		"DROP TABLE a; -- 'open", true,
	},
	{
		statement.FormatSQLMigrate,
		"-- +migrate Up notransaction\nSELECT 1;\n-- +migrate StatementBegin\nSELECT 2\n" +
			"-- +migrate StatementEnd\nSELECT 3;\n-- +migrate Down\nDROP TABLE \"Größe\";\n",
		[]string{"2:1 SELECT 1", "4:1 SELECT 2", "6:1 SELECT 3"},
		"DROP TABLE \"Größe\";\n", true,
	},
	{
		statement.FormatTern,
		"---- tern: disable-tx ----\nSELECT 1;\n---- create above / drop below ----\n\nDROP TABLE a;\n",
		[]string{"2:1 SELECT 1"},
		"\nDROP TABLE a;\n", true,
	},
	{statement.FormatSQLx, "-- no-transaction\nSELECT 1;", []string{"2:1 SELECT 1"}, "", true},
	{
		statement.FormatAtlas, "-- atlas:txmode none\n\n-- atlas:nolint\nSELECT 1;",
		[]string{"4:1 SELECT 1"},
		"", true,
	},
	{
		statement.FormatAtlas, "-- atlas:delimiter \\n\\n\\n\nSELECT 1\n\n\nSELECT\n\n2\n\n\n\nSELECT 3",
		[]string{"2:1 SELECT 1", "5:1 SELECT\n\n2", "11:1 SELECT 3"},
		"", false,
	},
	{
		statement.FormatAtlas, "-- atlas:delimiter -- end\nSELECT 1;\n-- end\nSELECT '-- end'\n-- end\n",
		[]string{"2:1 SELECT 1", "4:1 SELECT '-- end'"},
		"", false,
	},
	{
		statement.FormatDrizzle,
		"SELECT 1\n--> statement-breakpoint\nSELECT 2;--> statement-breakpoint\nSELECT 3;\n",
		[]string{"1:1 SELECT 1", "3:1 SELECT 2", "4:1 SELECT 3"},
		"", false,
	},
	{
		statement.FormatNodePgMigrate,
		"-- Up Migration\nSELECT 1;\n\n-- Down Migration\nDROP TABLE a;",
		[]string{"2:1 SELECT 1"},
		"DROP TABLE a;", false,
	},
	{
		statement.FormatLiquibase,
		"--liquibase formatted sql\n\n--changeset ann:1 runInTransaction:false\n--comment: first\nSELECT 1;\n" +
			"--rollback DROP TABLE a;\n/* liquibase rollback\nDROP TABLE b;\n*/\n",
		[]string{"5:1 SELECT 1"},
		"", true,
	},
	{"", "SELECT 1;\nSELECT '\n-- +goose Up\n-- +goose Down\n';\nSELECT 2", []string{
		"1:1 SELECT 1", "2:1 SELECT '\n-- +goose Up\n-- +goose Down\n'", "6:1 SELECT 2",
	}, "", false},
	{"", "/*\n-- +goose Up\n-- +goose Down\n*/\nSELECT 2", []string{"5:1 SELECT 2"}, "", false},
}

func testMarkers(t *testing.T, f Fixture) {
	for _, c := range marked {
		for _, wrap := range []func(string) statement.Markers{
			func(s string) statement.Markers { return markers(t, s) },
			func(s string) statement.Markers { return markersOf(t, iotest.OneByteReader(strings.NewReader(s))) },
		} {
			m := wrap(c.script)
			if m.Format != c.format || m.NoTransaction != c.noTx {
				t.Errorf("%q is of %q, no transaction %t", c.script, m.Format, m.NoTransaction)
			}
			undo := ""
			if m.Undo != nil {
				undo = c.script[m.Undo.From.Offset:][:m.Undo.Size]
			}
			if undo != c.undo {
				t.Errorf("%q has the way back %q", c.script, undo)
			}
		}
		var got []string
		for s, err := range f.Cut(iotest.OneByteReader(strings.NewReader(c.script))) {
			if err != nil {
				t.Errorf("%q: %v", c.script, err)
				continue
			}
			got = append(got, s.Pos.String()+" "+s.Text)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%q: %s", c.script, diff)
		}
		if err := CheckPieces(f.Cut, c.script); err != nil {
			t.Error(err)
		}
		d, err := statement.ReadDirectives(strings.NewReader(c.script))
		if err != nil || d.NoTransaction != c.noTx {
			t.Errorf("%q: %+v, %v", c.script, d, err)
		}
		if c.undo != "" {
			checkBack(t, f, c.script, c.undo)
		}
		if forward := statement.Forward(c.script); len(forward) != len(c.script) ||
			c.undo != "" && strings.Contains(forward, "DROP") || c.undo == "" && forward != c.script {
			t.Errorf("%q leaves %q", c.script, forward)
		}
	}
}

// checkBack checks that nothing but the way back of a file runs when it is undone, in its place.
func checkBack(t *testing.T, f Fixture, script, undo string) {
	t.Helper()
	n := 0
	for s, err := range f.Cut(statement.Back{Reader: iotest.OneByteReader(strings.NewReader(script))}) {
		if n++; err != nil || !strings.HasPrefix(script[s.Pos.Offset:], s.Text) ||
			!strings.Contains(undo, s.Text) || !strings.Contains(s.Text, "DROP") {
			t.Errorf("%q runs %q back: %v", script, s.Text, err)
		}
	}
	_, ok, err := statement.ReadWayBack(strings.NewReader(script))
	if n != strings.Count(undo, "DROP") || !ok || err != nil {
		t.Errorf("%q runs %d statements back, %t: %v", script, n, ok, err)
	}
}

func markers(t *testing.T, script string) statement.Markers {
	t.Helper()
	return markersOf(t, strings.NewReader(script))
}

// strange are files of tools with markers that are not understood, where they are, and a word of
// the message.
var strange = []struct{ script, at, word string }{
	{"-- +goose Upp\nSELECT 1;", "1:1", "no marker like this"},
	{"-- +goose Up\nSELECT 1;\n-- see +goose\n", "3:1", "reword the comment"},
	{"-- +goose Up\nSELECT 1;\n -- +goose Down\nDROP TABLE a;", "3:2", "Remove the blanks"},
	{"-- +goose Up\nSELECT 1\n-- +goose Down\nDROP TABLE a;", "3:1", "semicolon"},
	{"-- +goose Up\nSELECT 1", "2:1", "semicolon"},
	{"-- +goose Up\nSELECT 1;\n-- +goose Up\nSELECT 2;", "3:1", "a second begins here"},
	{"-- +goose Down\nDROP TABLE a;\n-- +goose Up\nSELECT 1;", "1:1", "before this one"},
	{"-- +goose Up\nSELECT 1;\n-- +goose Down\n-- +goose Up\n", "4:1", "a second begins here"},
	{"-- +goose Up\nSELECT 1;\n-- +goose Down\n-- +goose Upp\n", "4:1", "no marker like this"},
	{"-- +goose Up\nSELECT 1;\n-- +goose Down\n-- migrate:up\n", "4:1", "markers of goose"},
	{"-- +goose Up\n-- migrate:up\nSELECT 1;", "2:1", "markers of goose"},
	{"-- +goose Up\n-- +goose StatementBegin\nSELECT 1;", "3:1", "StatementEnd"},
	{"-- +goose Up\nSELECT 1;\n-- +goose StatementEnd\n", "3:1", "StatementBegin"},
	{"-- +goose Up\n-- +goose StatementBegin\n-- +goose StatementEnd\nSELECT 1;", "3:1", "no statement"},
	{"-- +goose Up\nSELECT 1;\n-- +goose NO TRANSACTION\n", "3:1", "above the first statement"},
	{"-- +goose Up\n-- +goose ENVSUB ON\nSELECT 1;", "2:1", "ENVSUB"},
	{"-- +goose Up\nSELECT 'a;\nb';\n", "2:1", "inside of a text"},
	{"-- see +goose\n-- +goose Up\nSELECT 1;\n", "2:1", "line 1"},
	{"-- Down Migration of a\n-- Up Migration\nSELECT 1;\n", "2:1", "line 1"},
	{"---- tern: disable-tx ----\nSELECT '{{ .a }}';\n", "2:1", "line 2"},
	{"---- tern: disable-tx ----\n", "1:1", "Nothing above"},
	{"---- tern: disable-tx ----\r\nSELECT 1;\r\n", "1:1", "LF"},
	{"SELECT 1;\n--> statement-breakpoint\nSELECT '\n--> statement-breakpoint\n';", "4:1", "inside of a text"},
	{"SELECT 1\n--> statement-breakpoint\n-- down\nSELECT 2;", "3:1", "undoes the change"},
	{"-- atlas:delimiter -- end\nSELECT 1\n-- end\n-- down\nSELECT 2;", "4:1", "undoes the change"},
	{"SELECT 1;\n-- +migrate Down\n", "2:1", "above the first statement"},
	{"-- +migrate Up\nSELECT 'a\n-- b\nc';\n", "3:1", "leaves out"},
	{"-- +goose NO TRANSACTION\nSELECT 1;", "2:1", "above the marker"},
	{"SELECT 1;\n-- +goose Up\nSELECT 2;", "2:1", "above the first statement"},
	{"/* note */\n-- +goose Up\nSELECT 2;", "2:1", "above the first statement"},
	{"-- +goose Up\nSELECT '\n-- +goose StatementBegin\n';", "3:1", "semicolon"},
	{
		"-- +goose Up\nSELECT ';\n-- +goose StatementBegin\n';\n-- +goose StatementEnd\n",
		"3:1", "inside of a text",
	},
	{"-- +goose Up\n/* ;\n-- +goose Down\nDROP TABLE a;\n*/ SELECT 1;", "3:1", "inside of a text"},
	{"-- migrate:up\nSELECT '\n-- migrate:down\n';\n", "3:1", "inside of a text"},
	{"-- migrate:up\nSELECT 1;\n-- migrate:downs\nDROP TABLE a;", "3:1", "only the markers"},
	{"-- migrate:up\nSELECT 1;\n-- MIGRATE:DOWN\nDROP TABLE a;", "3:1", "only the markers"},
	{"-- migrate:up isolation:none\nSELECT 1;", "1:1", "no option isolation:none"},
	{
		"-- migrate:up\nSELECT 1;\n-- migrate:down transaction:false transaction:false\nDROP TABLE a;",
		"3:1", "one option",
	},
	{"-- migrate:up\nSELECT 1;\n-- migrate:up\nSELECT 2;", "3:1", "a second begins here"},
	{"-- migrate:down\nDROP TABLE a;", "1:1", "before this one"},
	{"-- +migrate Up\nSELECT 1;\n-- +migrate down\nDROP TABLE a;", "3:1", "no marker like this"},
	{"-- +migrate Up\nSELECT 1;\n-- +migrate Down\nDROP TABLE a", "4:1", "semicolon"},
	{"-- +migrate Up once\nSELECT 1;", "1:1", "no option once"},
	{"SELECT 1;\n---- create above / drop below -----\nDROP TABLE a;", "2:1", "alone on a line"},
	{"---- create above / drop below ----\nDROP TABLE a;", "1:1", "Nothing above"},
	{"SELECT '{{ .name }}';\n---- create above / drop below ----\nDROP TABLE a;", "2:1", "line 1"},
	{"SELECT '\n---- create above / drop below ----\n';", "2:1", "inside of a text"},
	{"-- note\n\n-- atlas:txmode none\nSELECT 1;", "3:1", "at the top only"},
	{"-- atlas:txmode none\nSELECT 1;", "2:1", "at the top only"},
	{"-- atlas:txmode sometimes\n\nSELECT 1;", "1:1", "only txmode"},
	{"-- atlas:delimiter GO\nSELECT 1\nGO\n", "1:1", "delimiter is not understood"},
	{"\n-- atlas:delimiter -- end\nSELECT 1", "2:1", "first line"},
	{"-- atlas:checkpoint\n\nSELECT 1;", "1:1", "only txmode"},
	{"SELECT 1;--> statement-breakpoint SELECT 2;\n", "1:10", "next line"},
	{"-- +goose Up\nSELECT 1;\n--> statement-breakpoint\n", "3:1", "markers of goose"},
	{"-- Up Migration\nSELECT 1;\n-- Down Migration of a\nDROP TABLE a;", "3:1", "only the words"},
	{"-- Down Migration\nDROP TABLE a;\n-- Up Migration\nSELECT 1;", "1:1", "before this one"},
	{
		"--liquibase formatted sql\n--changeset ann:1\nSELECT 1;\n--changeset ann:2\nSELECT 2;",
		"4:1", "file of its own",
	},
	{"--liquibase formatted sql\n--changeset ann\nSELECT 1;", "2:1", "author"},
	{"--liquibase formatted sql\n--changeset ann:1 dbms:oracle\nSELECT 1;", "2:1", "dbms:oracle"},
	{"--liquibase formatted sql\n--changeset ann:1 endDelimiter:/\nSELECT 1;", "2:1", "endDelimiter:/"},
	{"--liquibase formatted sql\n--changeset ann:1 runOnChange:true\nSELECT 1;", "2:1", "runOnChange:true"},
	{
		"--liquibase formatted sql\n--changeset ann:1\n--preconditions onFail:HALT\nSELECT 1;",
		"3:1", "preconditions",
	},
	{"--liquibase formatted sql\nSELECT 1;", "2:1", "above the marker"},
	{"\n-- liquibase formatted sql\n-- changeset ann:1\nSELECT 1;", "2:1", "first line"},
	{"--liquibase formatted sql\n", "1:1", "no changeset"},
}

func testStrangeMarkers(t *testing.T, f Fixture) {
	for _, c := range strange {
		var all *statement.Refusals
		_, err := statement.ReadAll(f.Cut(strings.NewReader(c.script)))
		if !errors.As(err, &all) || !slices.ContainsFunc(all.First, func(e *statement.Error) bool {
			return e.Pos.String() == c.at && strings.Contains(e.Message, c.word)
		}) {
			t.Errorf("%q is refused with %v, want %q at %s", c.script, err, c.word, c.at)
			continue
		}
		for _, e := range all.First {
			if err := checkPosition(c.script, e.Pos); err != nil {
				t.Errorf("%q: %v", c.script, err)
			}
		}
		if m := markers(t, c.script); m.Undo != nil && !strings.Contains(c.word, "inside") {
			t.Errorf("%q has a way back", c.script)
		}
	}
	many := "-- +goose Up\n" + strings.Repeat("-- +goose Down\n", 100_000)
	_, err := statement.ReadAll(f.Cut(strings.NewReader(many)))
	if err == nil || len(err.Error()) > 10_000 {
		t.Errorf("100,000 markers: %d bytes", len(err.Error()))
	}
}

// drawn are the lines that files are drawn from.
var drawn = []string{
	"-- +goose Up", "-- +goose Down", "-- +goose StatementBegin", "-- +goose StatementEnd",
	"-- +goose NO TRANSACTION", "-- migrate:up", "-- migrate:down", "-- migrate:down transaction:false",
	"-- +migrate Up", "-- +migrate Down", "---- create above / drop below ----", "-- no-transaction",
	"-- Up Migration", "-- Down Migration", "--> statement-breakpoint", "", " ", "-- note", "/*", "*/", "'", ";",
	"SELECT 1;", "SELECT 'a'", "SELECT 'a;", "/* a", "SELECT 1 /* ; */;",
}

// wayBack is where a format's own words first say that the way back begins.
func wayBack(script string, format statement.Format) (at int64) {
	begins := map[statement.Format]string{
		statement.FormatGoose: "-- +goose Down", statement.FormatDbmate: "-- migrate:down",
		statement.FormatSQLMigrate: "-- +migrate Down", statement.FormatNodePgMigrate: "-- Down Migration",
		statement.FormatTern: "---- create above / drop below ----",
	}[format]
	for line := range strings.Lines(script) {
		if begins != "" && strings.HasPrefix(line, begins) {
			return at
		}
		at += int64(len(line))
	}
	return math.MaxInt64
}

func testDrawnMarkers(t *testing.T, f Fixture) {
	random := rand.New(rand.NewPCG(1, 2))
	ran := 0
	for range 30_000 {
		script := draw(random)
		if err := CheckPieces(f.Cut, script); err != nil {
			t.Fatalf("%q: %v", script, err)
		}
		if _, err := statement.ReadAll(f.Cut(strings.NewReader(script))); err != nil {
			continue
		}
		for s := range f.Cut(strings.NewReader(script)) {
			ran++
			if back := wayBack(script, markers(t, script).Format); s.Pos.Offset >= back {
				t.Fatalf("%q runs %q", script, s.Text)
			}
		}
	}
	if ran < 1000 {
		t.Errorf("only %d statements of drawn files run", ran)
	}
}

// draw makes a file whose first marker is often that of a tool's first part.
func draw(random *rand.Rand) string {
	var out strings.Builder
	if random.IntN(2) == 0 {
		out.WriteString(drawn[[]int{0, 5, 8, 12}[random.IntN(4)]] + "\n")
	}
	for range 1 + random.IntN(8) {
		line := drawn[random.IntN(len(drawn))]
		out.WriteString(line + []string{"\n", "\n", "\r\n", "\n\n"}[random.IntN(4)])
	}
	return strings.TrimSuffix(out.String(), "\n")
}

func markersOf(t *testing.T, script interface{ Read([]byte) (int, error) }) statement.Markers {
	t.Helper()
	m, err := statement.ReadMarkers(script)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
