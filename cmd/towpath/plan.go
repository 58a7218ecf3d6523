package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
)

// planCommand prints what the databases of a link still lack, and why.
type planCommand struct {
	remote
	Link        string `help:"Repository link, by its id or by the name of its repository. Default: the only one."`
	Environment string `help:"Only what is open in this environment. Files that no database fits are in none."`
	JSON        bool   `name:"json" help:"Write JSON, as the API does."`
}

// Run prints a line for each file and database that is not done.
func (c *planCommand) Run(ctx context.Context, out io.Writer) error {
	api, err := c.client()
	if err != nil {
		return err
	}
	links, err := remoteLinks(ctx, api)
	if err != nil {
		return err
	}
	link, err := choose(links, c.Link)
	if err != nil {
		return err
	}
	var raw struct {
		Plan json.RawMessage `json:"plan"`
	}
	if err := api.call(ctx, "GET", "/repository-links/"+link.ID, nil, &raw); err != nil {
		return err
	}
	if c.JSON {
		_, err = fmt.Fprintln(out, string(raw.Plan))
		return err
	}
	if err := json.Unmarshal(raw.Plan, &link.Plan); err != nil {
		return fmt.Errorf("read the server's answer: %w", err)
	}
	names, err := environmentNames(ctx, api)
	if err != nil {
		return err
	}
	if c.Environment != "" && !slices.Contains(slices.Collect(maps.Values(names)), c.Environment) {
		return usagef("there is no environment %s", c.Environment)
	}
	return link.printPlan(out, names, c.Environment)
}

// printPlan writes what is open in an environment, or in all. It says nothing is open only of what was
// read, and of all of it.
func (l remoteLink) printPlan(out io.Writer, environments map[string]string, only string) error {
	fmt.Fprintf(out, "%s (%s) at commit %s\n", plain(l.RepositoryName), plain(l.Branch), short(l.SyncedCommit))
	unsure := l.SyncedCommit == "" || l.Plan.MoreItems > 0
	for _, s := range []*sentence{l.Attention, l.Plan.Blocked} {
		if s != nil {
			unsure = true
			fmt.Fprintln(out, plain(s.Text))
		}
	}
	var rows []row
	for _, i := range l.Plan.Items {
		where := environments[i.EnvironmentID]
		if only != "" && only != where {
			continue
		}
		r := row{cells: []string{cmp.Or(where, "-"), cmp.Or(i.Database, "-"), string(i.State), i.Path}}
		if i.Reason != nil {
			r.notes = []string{i.Reason.Text}
		}
		rows = append(rows, r)
	}
	if len(rows) > 0 {
		if err := printTable(out, []string{"ENVIRONMENT", "DATABASE", "STATE", "FILE"}, rows); err != nil {
			return err
		}
	}
	last := ""
	switch {
	case l.Plan.MoreItems > 0:
		last = fmt.Sprintf("The server does not show %d more.\n", l.Plan.MoreItems)
	case len(rows) == 0 && unsure:
		last = "What is open is not known.\n"
	case len(rows) == 0:
		last = "Nothing is open.\n"
	}
	_, err := io.WriteString(out, last)
	return err
}
