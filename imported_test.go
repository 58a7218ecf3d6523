package towpath_test

import (
	"strings"
	"testing"
	"time"

	"towpath"
)

// A table that another tool wrote to shows from the first reading that differs until it is as it was
// accepted, or a person acknowledges it. A failed reading changes nothing.
func TestDatabase_SeeHistory(t *testing.T) {
	t.Parallel()
	first := time.Date(2026, 1, 2, 10, 0, 0, 0, time.UTC)
	d := towpath.Database{
		History: &towpath.AcceptedHistory{Tool: "Flyway", Table: "größe", Mark: "3 3", Seen: "3 3"},
	}
	for i, step := range []struct {
		mark    string
		accept  bool
		written bool
	}{
		{mark: "3 3"},
		{mark: ""},
		{mark: "4 4", written: true},
		{mark: "", written: true},
		{mark: "5 5", written: true},
		{mark: "3 3"},
		{mark: "5 5", written: true},
		{accept: true},
		{mark: "5 5"},
		{mark: "6 6", written: true},
	} {
		if step.accept {
			d.AcceptHistory()
		} else {
			d.SeeHistory(step.mark, first.Add(time.Duration(i)*time.Hour))
		}
		if got := !d.HistoryWritten().IsZero(); got != step.written {
			t.Fatalf("step %d, %+v: written is %v", i, step, got)
		}
		if i == 4 && !d.HistoryWrittenAt.Equal(first.Add(2*time.Hour)) {
			t.Errorf("first seen at %s", d.HistoryWrittenAt)
		}
	}
	var none towpath.Database
	none.SeeHistory("1 1", first)
	none.AcceptHistory()
	if !none.HistoryWritten().IsZero() {
		t.Error("a database without an accepted table was written to")
	}
}

func TestLedgerEntry_Source(t *testing.T) {
	t.Parallel()
	const goose = `{"source":{"tool":"goose","table":"goose_db_version","evidence":"claimed"`
	for intent, want := range map[string]towpath.ReasonCode{
		"":                                       "",
		"{":                                      "",
		`{"statement":1,"session":"4711"}`:       "",
		goose + `}}`:                             towpath.ReasonRecordedFrom,
		goose + `,"at":"2026-01-02T10:00:00Z"}}`: towpath.ReasonRecordedFromAt,
		`{"source":{"evidence":"stands"}}`:       towpath.ReasonRecordedStanding,
	} {
		source := towpath.LedgerEntry{Intent: intent}.Source()
		if source == nil && want == "" {
			continue
		}
		if source == nil || source.Reason().Code != want {
			t.Errorf("%s is from %+v, want %q", intent, source, want)
		}
	}
	long := towpath.LedgerEntry{Intent: `{"source":{"tool":"` + strings.Repeat("x", 1<<20) + `"}}`}.Source()
	if len(long.Tool) > towpath.MaxText+100 {
		t.Errorf("a tool's name has %d bytes", len(long.Tool))
	}
}
