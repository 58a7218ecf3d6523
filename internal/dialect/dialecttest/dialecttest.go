// Package dialecttest is the suite that every dialect must pass: how a script is cut into
// statements, what is refused, and where.
package dialecttest

import (
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"towpath/internal/statement"
)

// Cut is the Split function of a dialect.
type Cut func(script io.Reader) iter.Seq2[statement.Statement, error]

// Fixture is a dialect with scripts of its own.
type Fixture struct {
	Cut     Cut
	Splits  []Case
	Refused []Refuse
	// OwnTransaction are the dialect's longest words that begin and end a transaction.
	OwnTransaction [2]string
	Corpus         string // a glob of files that hold nothing that is refused; "" for none
}

// Case is a script and the statements in it.
type Case struct {
	Name   string
	Script string
	Want   []string // "line:column VERB" of each statement, with " notx" where it applies
}

// Refuse is a script that holds something that must not run.
type Refuse struct {
	Script string
	At     string // line:column
	Word   string // in the message
}

// Run runs the suite.
func Run(t *testing.T, f Fixture) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, Fixture)
	}{
		{"positions are exact", testPositions},
		{"what must not run is refused with its position", testRefused},
		{"all refusals of a file come at once", testAllRefusals},
		{"a file's own transaction is left out", testOwnTransaction},
		{"a part for going back is refused", testGoingBack},
		{"a tool's file runs as the tool runs it", testMarkers},
		{"a marker that is not understood is refused", testStrangeMarkers},
		{"the way back never runs, whatever the file", testDrawnMarkers},
		{"a long script is read as it goes", testStreams},
		{"a statement without an end is refused", testTooLong},
		{"unreadable files are refused with words", testUnreadable},
		{"every beginning of a script is cut soundly", testBeginnings},
		{"the corpus passes", testCorpus},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, f)
		})
	}
}

// Fuzz checks the pieces of random scripts, from the fixture's own ones on.
func Fuzz(f *testing.F, x Fixture) {
	for _, script := range append(x.scripts(), x.corpus(f)...) {
		f.Add(script)
	}
	f.Fuzz(func(t *testing.T, script string) {
		if err := CheckPieces(x.Cut, script); err != nil {
			t.Error(err)
		}
	})
}

func (f Fixture) scripts() (all []string) {
	for _, c := range append(common(), f.Splits...) {
		all = append(all, c.Script)
	}
	for _, c := range f.Refused {
		all = append(all, c.Script)
	}
	return all
}

func (f Fixture) corpus(t testing.TB) (all []string) {
	t.Helper()
	if f.Corpus == "" {
		return nil
	}
	files, err := filepath.Glob(f.Corpus)
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files match %s: %v", len(files), f.Corpus, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(text))
	}
	return all
}

// testBeginnings cuts what a person has typed so far: quotes and bodies without an end, halves of
// characters.
func testBeginnings(t *testing.T, f Fixture) {
	for _, script := range f.scripts() {
		for end := range len(script) {
			if err := CheckPieces(f.Cut, script[:end]); err != nil {
				t.Errorf("%q: %v", script[:end], err)
			}
		}
	}
}

func testCorpus(t *testing.T, f Fixture) {
	for _, script := range f.corpus(t) {
		if _, err := statement.ReadAll(f.Cut(strings.NewReader(script))); err != nil {
			t.Errorf("%.60q: %v", script, err)
		}
		if err := CheckPieces(f.Cut, script); err != nil {
			t.Errorf("%.60q: %v", script, err)
		}
	}
}
