package statement_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"towpath/internal/statement"
)

func TestReadDirectives(t *testing.T) {
	t.Parallel()
	limits := func(lock, statements time.Duration) statement.Directives {
		return statement.Directives{Limits: statement.Limits{Lock: lock, Statement: statements}}
	}
	alone := limits(5*time.Second, time.Hour)
	alone.NoTransaction = true
	found, wanted := strings.Repeat("0a", 32), strings.Repeat("9f", 32)
	repair := statement.Directives{Repairs: statement.Repair{Found: found, Wanted: wanted}}
	for name, c := range map[string]struct {
		script string
		want   statement.Directives
		at     string // the place of an error
	}{
		"none": {script: "CREATE TABLE a (x)"},
		"all": {
			script: "-- towpath: lock-timeout=5s statement-timeout=1h no-transaction\nSELECT 1", want: alone,
		},
		"on two lines": {
			script: "\ufeff-- a file\r\n\r\n--towpath: lock-timeout=1s\r\n  -- towpath:  statement-timeout=2m \r\n", want: limits(time.Second, 2*time.Minute),
		},
		"behind the first statement":  {script: "SELECT 1;\n-- towpath: no-transaction"},
		"in another comment":          {script: "-- see towpath: no-transaction\nSELECT 1"},
		"a word that is unknown":      {script: "--\n-- towpath: lock-timout=5s", at: "2:13"},
		"a time that is none":         {script: "-- towpath: lock-timeout=soon", at: "1:13"},
		"a time without end":          {script: "-- towpath: statement-timeout=0s", at: "1:13"},
		"a time without its value":    {script: "-- towpath: statement-timeout", at: "1:13"},
		"a repair":                    {script: repair.Repairs.Text() + "\nSELECT 1", want: repair},
		"a repair of nothing":         {script: "-- towpath: repairs=" + found + "-" + found, at: "1:13"},
		"a repair without an end":     {script: "-- towpath: repairs=" + found, at: "1:13"},
		"a repair of no checksum":     {script: "-- towpath: repairs=" + found + "-" + strings.ToUpper(wanted), at: "1:13"},
		"no-transaction with a value": {script: "-- towpath: no-transaction=1", at: "1:13"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := statement.ReadDirectives(strings.NewReader(c.script))
			var refused *statement.Error
			if errors.As(err, &refused) != (c.at != "") || refused != nil && refused.Pos.String() != c.at ||
				err == nil && got != c.want {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	server, file := statement.Limits{Lock: 3, Statement: 900}, statement.Limits{Lock: 60}
	if got := file.Or(server).Under(statement.Limits{Lock: 10}); got != (statement.Limits{
		Lock:      10,
		Statement: 900,
	}) {
		t.Errorf("got %+v", got)
	}
}
