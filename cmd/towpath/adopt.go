package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"towpath/internal/plan"
)

// adoptCommand records what other migration tools have applied to the databases of a link.
type adoptCommand struct {
	Link string `arg:"" help:"Id of the repository link, as in the address of its page."`
	remote
	DryRun  bool     `help:"Only print what each database's history says. Nothing is recorded."`
	Despite []string `placeholder:"ENVIRONMENT/DATABASE" help:"Record the files in this database although its catalog contradicts its history."`
	Record  []string `enum:"stands,partly" help:"Record files that no history names too: stands are those whose objects are all there, partly those that also change what no catalog shows."`
	JSON    bool     `name:"json" help:"Write JSON, as the API does."`
}

// adoptable is what the API says of the histories of a link.
type adoptable struct {
	Fingerprint string              `json:"fingerprint"`
	Databases   []adoptableDatabase `json:"databases"`
}

// adoptableDatabase is the history in one database.
type adoptableDatabase struct {
	ID          string               `json:"databaseId"`
	Name        string               `json:"name"`
	Environment string               `json:"environment"`
	Tools       []string             `json:"tools"`
	Table       string               `json:"table"`
	Code        bool                 `json:"code"`
	Counts      map[plan.Verdict]int `json:"counts"`
	Files       []adoptableFile      `json:"files"`
	MoreFiles   int                  `json:"moreFiles"`
	Problem     *adoptReason         `json:"problem"`
	LeftOut     *adoptReason         `json:"leftOut"`
}

// adoptReason is why nothing is known of a database, or recorded in it.
type adoptReason struct {
	Text string `json:"text"`
}

// adoptableFile is a file that is neither proved nor claimed.
type adoptableFile struct {
	Path    string       `json:"path"`
	Verdict plan.Verdict `json:"verdict"`
}

// Run compares, and records unless it is a dry run.
func (c *adoptCommand) Run(ctx context.Context, out io.Writer) error {
	api, err := c.client()
	if err != nil {
		return err
	}
	path := "/repository-links/" + c.Link + "/histories"
	var raw json.RawMessage
	if err := api.call(ctx, "GET", path, nil, &raw); err != nil {
		return err
	}
	var found adoptable
	if err := json.Unmarshal(raw, &found); err != nil {
		return fmt.Errorf("read the server's answer: %w", err)
	}
	despite, err := found.named(c.Despite)
	if err != nil {
		return err
	}
	if !c.DryRun {
		choice := map[string]any{"fingerprint": found.Fingerprint, "despite": despite, "record": append([]string{}, c.Record...)}
		if err := api.call(ctx, "POST", path+"/accept", choice, &raw); err != nil {
			return err
		}
		if err := json.Unmarshal(raw, &found); err != nil {
			return fmt.Errorf("read the server's answer: %w", err)
		}
	}
	if c.JSON {
		_, err = fmt.Fprintln(out, string(raw))
	} else {
		err = found.print(out, c)
	}
	if n := found.leftOut(); n > 0 && err == nil {
		return fmt.Errorf("%d of %d databases are left out; correct what is said of each, and run it again",
			n, len(found.Databases))
	}
	return err
}

// leftOut counts the databases in which accepting has recorded nothing.
func (a adoptable) leftOut() (n int) {
	for _, d := range a.Databases {
		if d.LeftOut != nil {
			n++
		}
	}
	return n
}

// where says in how many databases something was recorded, when it is not all of them.
func (a adoptable) where() string {
	if n := a.leftOut(); n > 0 {
		return fmt.Sprintf(" in %d of %d databases", len(a.Databases)-n, len(a.Databases))
	}
	return ""
}

// named returns the ids of databases by environment and name.
func (a adoptable) named(names []string) (ids []string, err error) {
	ids = []string{}
	for _, name := range names {
		i := slices.IndexFunc(a.Databases,
			func(d adoptableDatabase) bool { return d.Environment+"/"+d.Name == name })
		if i < 0 {
			return nil, usagef("no database with a history is called %s; name it as ENVIRONMENT/DATABASE", name)
		}
		ids = append(ids, a.Databases[i].ID)
	}
	return ids, nil
}

// verdictOrder is the order in which verdicts are printed.
var verdictOrder = []plan.Verdict{
	plan.VerdictProved, plan.VerdictClaimed, plan.VerdictEdited, plan.VerdictHalfway,
	plan.VerdictContradicted, plan.VerdictStands, plan.VerdictPartly, plan.VerdictMissing,
}

// print writes one paragraph for each database, and whether anything was recorded.
func (a adoptable) print(out io.Writer, c *adoptCommand) error {
	var b strings.Builder
	for _, d := range a.Databases {
		fmt.Fprintf(&b, "%s/%s: ", d.Environment, d.Name)
		if d.LeftOut != nil {
			fmt.Fprintf(&b, "left out. %s\n", d.LeftOut.Text)
			continue
		}
		if d.Problem != nil {
			fmt.Fprintln(&b, d.Problem.Text)
			continue
		}
		if d.Code {
			fmt.Fprintf(&b, "%s in %s: its migrations are code, so nothing is recorded here\n",
				strings.Join(d.Tools, " or "), d.Table)
			continue
		}
		var counts []string
		for _, v := range verdictOrder {
			if n := d.Counts[v]; n > 0 {
				counts = append(counts, fmt.Sprintf("%d %s", n, v))
			}
		}
		if counts == nil {
			counts = []string{"none of the files that are left"}
		}
		fmt.Fprintf(&b, "%s in %s: %s\n", strings.Join(d.Tools, " or "), d.Table, strings.Join(counts, ", "))
		for _, f := range d.Files {
			fmt.Fprintf(&b, "  %-12s %s\n", f.Verdict, f.Path)
		}
		if d.MoreFiles > 0 {
			fmt.Fprintf(&b, "  and %d more\n", d.MoreFiles)
		}
	}
	switch {
	case len(a.Databases) == 0:
		b.WriteString("No database has the table of another migration tool.\n")
	case c.DryRun:
		b.WriteString("Nothing was recorded: this was a dry run.\n")
	default:
		recorded := append([]string{"proved", "claimed", "edited", "halfway"}, c.Record...)
		fmt.Fprintf(&b, "Recorded what is %s%s.\n", strings.Join(recorded, ", "), a.where())
	}
	_, err := io.WriteString(out, b.String())
	return err
}
