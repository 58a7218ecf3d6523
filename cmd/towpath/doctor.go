package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// doctorCommand checks a server's surroundings with the server's own settings. It changes nothing,
// and a server may run meanwhile.
type doctorCommand struct {
	Settings serveCommand `embed:""`
	JSON     bool         `name:"json" help:"Write JSON."`
}

// state is the result of a check.
type state string

const (
	stateOK      state = "ok"
	stateWarning state = "warning" // it works, with less than one expects
	stateFailed  state = "failed"
	stateUnknown state = "unknown" // another check has to pass first
)

// finding is the result of one check.
type finding struct {
	Check  string `json:"check"`
	State  state  `json:"state"`
	Detail string `json:"detail"`
	Fix    string `json:"fix,omitempty"` // what to do; "" when nothing
}

func passed(format string, args ...any) finding {
	return finding{State: stateOK, Detail: fmt.Sprintf(format, args...)}
}

func warned(fix, format string, args ...any) finding {
	return finding{State: stateWarning, Detail: fmt.Sprintf(format, args...), Fix: fix}
}

func failure(fix, format string, args ...any) finding {
	return finding{State: stateFailed, Detail: fmt.Sprintf(format, args...), Fix: fix}
}

// checkTimeout bounds each check that waits for another machine.
const checkTimeout = 10 * time.Second

// Run prints a line for each check. Its error is errFound when a check has failed.
func (c *doctorCommand) Run(ctx context.Context, out io.Writer) error {
	if err := c.Settings.complete(); err != nil {
		return err
	}
	findings := examine(ctx, &c.Settings)
	if c.JSON {
		if err := json.NewEncoder(out).Encode(items[finding]{findings}); err != nil {
			return err
		}
	} else if err := printFindings(out, findings); err != nil {
		return err
	}
	for _, f := range findings {
		if f.State == stateFailed {
			return errFound
		}
	}
	return nil
}

// examine runs all checks, in the order in which a new server needs them.
func examine(ctx context.Context, c *serveCommand) (all []finding) {
	add := func(name string, f finding) {
		f.Check = name
		all = append(all, f)
	}
	add("data folder", checkFolder(c.Data, true))
	add("SQLite targets", checkFolder(c.SQLiteRoot, false))
	inspection, found := checkMetadata(ctx, c)
	add("metadata", found)
	add("key file", checkKey(c.KeyFile, inspection))
	add("sign-ins", checkGrants(inspection))
	add("external URL", checkAddress(ctx, c))
	add("webhooks", checkHooks(ctx, c))
	bitbucket, clock := checkBitbucket(ctx, c, time.Now)
	add("Bitbucket", bitbucket)
	if inspection != nil && !inspection.Now.IsZero() {
		clock = compareClocks("the database", inspection.Now, time.Now())
	}
	add("clock", clock)
	return all
}

func printFindings(out io.Writer, findings []finding) error {
	counts := map[state]int{}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, f := range findings {
		counts[f.State]++
		fmt.Fprintf(table, "%s\t%s\t%s\n", f.State, f.Check, oneLine(f.Detail))
		if f.Fix != "" {
			fmt.Fprintf(table, "\t\t→ %s\n", f.Fix)
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	var text []string
	for _, s := range []state{stateOK, stateWarning, stateFailed, stateUnknown} {
		if counts[s] > 0 {
			text = append(text, fmt.Sprintf("%d %s", counts[s], s))
		}
	}
	_, err := fmt.Fprintln(out, strings.Join(text, ", "))
	return err
}

// oneLine keeps an error of several lines on its row of the table.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
