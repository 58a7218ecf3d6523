package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sync/errgroup"
)

// schemaCheckView is how the schema of a database stands.
type schemaCheckView struct {
	State   string
	Because *struct{ Text string }
	Found   string
	Drifts  []struct{ ID, ChangeID, SettledAt, AcceptedBy, Why string }
}

// verbSchema checks the schema of a database now, or with "seen" waits until a check has seen a state.
// How it stands, with the texts of open differences, goes to stdout.
func verbSchema(ts *testscript.TestScript, neg bool, args []string) {
	w := worldOf(ts)
	path := "/databases/" + databaseID(ts, args[0])
	var v schemaCheckView
	if len(args) > 1 {
		check(ts, w.until(30*time.Second, func() (bool, string) {
			check(ts, w.api.call(w.ctx, "GET", path+"/schema-check", nil, &v))
			return v.State == args[1], "the schema is " + v.State
		}))
	} else {
		check(ts, w.api.call(w.ctx, "POST", path+"/schema-check", map[string]any{}, &v))
	}
	fmt.Fprintln(ts.Stdout(), v.State)
	if v.Because != nil {
		fmt.Fprintln(ts.Stdout(), v.Because.Text)
	}
	for _, d := range v.Drifts {
		fmt.Fprintf(ts.Stdout(), "drift ran=%t settled=%t %s %s\n", d.ChangeID != "", d.SettledAt != "",
			d.AcceptedBy, d.Why)
		if d.SettledAt != "" {
			continue
		}
		var detail struct{ SchemaBefore, SchemaAfter struct{ Text string } }
		check(ts, w.api.call(w.ctx, "GET", path+"/drifts/"+d.ID, nil, &detail))
		fmt.Fprintf(ts.Stdout(), "before:\n%s\nafter:\n%s\n", detail.SchemaBefore.Text, detail.SchemaAfter.Text)
	}
	w.schema = v.Found
}

// verbAcceptSchema accepts the schema of a database as it was seen.
func verbAcceptSchema(ts *testscript.TestScript, neg bool, args []string) {
	w := worldOf(ts)
	err := w.api.call(w.ctx, "POST", "/databases/"+databaseID(ts, args[0])+"/schema-check/accept",
		map[string]string{"found": w.schema, "why": args[1]}, nil)
	if neg != (err != nil) {
		ts.Fatalf("accept: %v", err)
	}
	if err != nil {
		fmt.Fprintln(ts.Stdout(), err)
	}
}

// newestDrift returns the path of the newest drift of a database in the API.
func newestDrift(ts *testscript.TestScript, database string) string {
	w := worldOf(ts)
	path := "/databases/" + databaseID(ts, database)
	var v schemaCheckView
	check(ts, w.api.call(w.ctx, "GET", path+"/schema-check", nil, &v))
	if len(v.Drifts) == 0 {
		ts.Fatalf("there is no drift")
	}
	return path + "/drifts/" + v.Drifts[0].ID
}

// verbRepair reads the SQL that takes the newest drift of a database back, and runs it there as a person
// does.
func verbRepair(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	path := newestDrift(ts, args[0]) + "/repair"
	var repair struct {
		SQL       string
		Unwritten []string
	}
	check(ts, w.api.call(w.ctx, "GET", path, nil, &repair))
	fmt.Fprintln(ts.Stdout(), repair.SQL, repair.Unwritten)
	for text := range strings.SplitSeq(repair.SQL, ";\n") {
		if text != "" {
			_, err := w.query(args[0], text)
			check(ts, err)
		}
	}
}

// openedRepair is where a repair is in a repository.
type openedRepair struct {
	Branch, Path, Version string
	PullRequest           struct {
		Number int
		URL    string
	}
	Because struct{ Text string }
}

// verbOpenRepair opens a repair of the newest drift of a database, twice at once as by a double click.
// Both must say the same, which goes to stdout.
func verbOpenRepair(ts *testscript.TestScript, neg bool, args []string) {
	w := worldOf(ts)
	path := newestDrift(ts, args[0]) + "/repair"
	var made [2]openedRepair
	var group errgroup.Group
	for i := range made {
		group.Go(func() error {
			return w.api.call(w.ctx, "POST", path, nil, &made[i])
		})
	}
	err := group.Wait()
	if neg != (err != nil) {
		ts.Fatalf("open a repair: %v", err)
	}
	if err != nil {
		fmt.Fprintln(ts.Stdout(), err)
		return
	}
	if made[0] != made[1] {
		ts.Fatalf("%+v differs from %+v", made[0], made[1])
	}
	fmt.Fprintf(ts.Stdout(), "branch %s\nfile %s\nversion %s\npull request %d %s\n%s\n", made[0].Branch, made[0].Path,
		made[0].Version, made[0].PullRequest.Number, made[0].PullRequest.URL, made[0].Because.Text)
}
