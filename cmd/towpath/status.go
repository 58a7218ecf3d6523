package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
)

// statusCommand prints how every repository link stands.
type statusCommand struct {
	remote
	JSON bool `name:"json" help:"Write JSON."`
}

// Run prints a line for each link, and why one needs a person.
func (c *statusCommand) Run(ctx context.Context, out io.Writer) error {
	api, err := c.client()
	if err != nil {
		return err
	}
	links, err := remoteLinks(ctx, api)
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(out).Encode(items[remoteLink]{links})
	}
	if len(links) == 0 {
		_, err = fmt.Fprintln(out, "No repository is linked, or none is yours to see.")
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "PROJECT\tREPOSITORY\tBRANCH\tCOMMIT\tSTATE\tREASON")
	for _, l := range links {
		reason := ""
		if l.Attention != nil {
			reason = l.Attention.Text
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", l.Project, l.RepositoryName, l.Branch,
			short(l.SyncedCommit), l.State, reason)
	}
	return table.Flush()
}

// short is a commit as people write it; a dash when there is none.
func short(commit string) string {
	if commit == "" {
		return "-"
	}
	return commit[:min(8, len(commit))]
}
