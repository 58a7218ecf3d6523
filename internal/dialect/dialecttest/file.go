package dialecttest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// testOwnTransaction: a pair around the whole file is left out, all other transaction control is
// refused.
func testOwnTransaction(t *testing.T, f Fixture) {
	begin, end := f.OwnTransaction[0], f.OwnTransaction[1]
	for _, c := range []struct {
		name, script string
		want         []string
	}{
		{
			"around the whole file", "-- a\nBEGIN;\nSELECT 1;\nSELECT 2;\nCOMMIT;\n-- b\n",
			[]string{"fine", "fine"},
		},
		{"no semicolon at the end", "begin; SELECT 1; Commit", []string{"fine"}},
		{"nothing in it", "BEGIN; COMMIT;", nil},
		{"comments within", "BEGIN /* x */ -- y\n; SELECT 1; /* z */ COMMIT -- w", []string{"fine"}},
		{"the engine's own words", begin + "; SELECT 1; " + end + ";", []string{"fine"}},
		{"never ended", "BEGIN;\nSELECT 1;", []string{"fine", "1:1"}},
		{"never begun", "SELECT 1;\nCOMMIT;", []string{"fine", "2:1"}},
		{"begun too late", "SELECT 1;\nBEGIN;\nSELECT 2;\nCOMMIT;", []string{"fine", "2:1", "fine", "4:1"}},
		{"ended too early", "BEGIN;\nSELECT 1;\nCOMMIT;\nSELECT 2;", []string{"fine", "1:1", "3:1", "fine"}},
		{
			"two of them", "BEGIN;\nSELECT 1;\nCOMMIT;\nBEGIN;\nSELECT 2;\nCOMMIT;",
			[]string{"fine", "4:1", "1:1", "3:1", "fine", "6:1"},
		},
		{"one in another", "BEGIN;\nBEGIN;\nSELECT 1;\nCOMMIT;\nCOMMIT;", []string{"2:1", "fine", "5:1"}},
		{"undone at the end", "BEGIN;\nSELECT 1;\nROLLBACK;", []string{"fine", "3:1", "1:1"}},
		{"undone within", "BEGIN;\nROLLBACK;\nSELECT 1;\nCOMMIT;", []string{"2:1", "fine"}},
		{"a savepoint within", "BEGIN;\nSAVEPOINT a;\nSELECT 1;\nCOMMIT;", []string{"2:1", "fine"}},
		{"an end that goes on", "BEGIN;\nSELECT 1;\nCOMMIT AND CHAIN;", []string{"fine", "3:1", "1:1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, told(t, f.Cut, c.script, 0)); diff != "" {
				t.Error(diff)
			}
			if err := CheckPieces(f.Cut, c.script); err != nil {
				t.Error(err)
			}
		})
	}
}

// goingBack are comments of tools, and of people, that begin the part which takes a change back, in
// formats that are not understood.
var goingBack = []string{
	"-- //@UNDO", "-- @UNDO", "-- !Downs", "-- --- !Downs", "-- rambler down", "-- ==== DOWN ====", "-- +micrate Down", "-- +duckdown down", "-- down", "-- Down:",
	"-- DOWN", "-- rollback", "-- ROLLBACK:", "-- roll back", "-- undo", "-- Revert", "-- migration down",
	"-- [down]", "-- @down", "-- === Rollback script ===", "-- db:rollback", "/* down */",
	"/* +goose Down */", "/* migrate:down\n */", "-- + goose Down", "-- ROLL-BACK",
	"-- Downgrade:", "-- backwards", "-- tear down", "-- To rollback:", "-- Rollback steps:",
	"-- name: migrate_down", "-- direction: down", "-- V2 down", "-- 002_down",
}

// notes are comments that only sound like it.
var notes = []string{
	"-- down payment", "-- rollback of change 17", "-- undo the mistake of last week",
	"-- goose down jackets", "-- the server was down:", "-- set up, then tear down", "-- cascade down to kids", "--rollback DROP TABLE a;",
	"-- countdown", "-- revert: see ticket 4", "-- Rollback is not possible",
	"/* to undo this, drop the table */", "-- shutdown", "-- note: down", "-- drop below zero",
	"-- downgrade the plan of customer 4", "-- 3 rollbacks", "-- goes backwards",
}

// testGoingBack: a part that takes the change back is refused where SQL follows its marker.
func testGoingBack(t *testing.T, f Fixture) {
	blank := len(told(t, f.Cut, "--x", 0)) > 0 // wanted behind the dashes of a comment
	isComment := func(mark string) bool { return !blank || mark[:2] == "/*" || mark[2] <= ' ' }
	for _, mark := range goingBack {
		if !isComment(mark) {
			continue
		}
		for script, want := range map[string]string{
			"SELECT 1;\n  %s\nSELECT 2;":            "fine 2:3 fine",
			"%s\nSELECT 1;\n%[1]s\nSELECT 2":        "1:1 fine fine",
			"SELECT 1;\n%s\n-- DROP TABLE a;\n":     "fine",
			"SELECT 1;\nSELECT '\n%s\n', 2; SELECT": "fine fine fine",
		} {
			script = fmt.Sprintf(script, mark)
			if got := strings.Join(told(t, f.Cut, script, 0), " "); got != want {
				t.Errorf("%q is cut into %s, want %s", script, got, want)
			}
		}
	}
	tool := "SELECT 1\n-- +goose Down\n, 2"
	if got := told(t, f.Cut, tool, 0); len(got) != 2 || got[0] != "2:1" {
		t.Errorf("a tool's marker within a statement: %v", got)
	}
	for _, note := range notes {
		if !isComment(note) {
			continue
		}
		if got := told(t, f.Cut, note+"\nSELECT 1;\n"+note+"\nSELECT 2", 0); strings.Join(got,
			" ") != "fine fine" {
			t.Errorf("%q is refused: %v", note, got)
		}
	}
}
