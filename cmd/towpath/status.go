package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
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
	rows := make([]row, len(links))
	for i, l := range links {
		rows[i] = row{cells: []string{l.Project, l.RepositoryName, l.Branch, short(l.SyncedCommit), l.State}}
		if l.Attention != nil {
			rows[i].notes = []string{l.Attention.Text}
		}
	}
	return printTable(out, []string{"PROJECT", "REPOSITORY", "BRANCH", "COMMIT", "STATE"}, rows)
}

// short is a commit as people write it; a dash when there is none.
func short(commit string) string {
	if commit == "" {
		return "-"
	}
	return commit[:min(8, len(commit))]
}
