package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"
)

// historyCommand prints what was changed in a database.
type historyCommand struct {
	remote
	Database string `arg:"" placeholder:"ENVIRONMENT/DATABASE" help:"The database, such as prod/shop, or its id."`
	Limit    int    `default:"20" help:"How many changes at most, the newest first."`
	JSON     bool   `name:"json" help:"Write JSON, as the API does."`
}

// remoteChange is what the API says of a change in a database.
type remoteChange struct {
	remoteTask
	Commit     string    `json:"commit"`
	Author     string    `json:"author"`
	State      string    `json:"state"`
	FinishedAt time.Time `json:"finishedAt"`
	Undoing    *decided  `json:"undoing"`
	Mark       *decided  `json:"mark"`
	Recorded   *sentence `json:"recorded"`
}

// decided is what a person decided about a change.
type decided struct {
	By  string `json:"by"`
	Why string `json:"why"`
}

// remoteDatabase is what the API says of a database.
type remoteDatabase struct {
	ID            string `json:"id"`
	Name          string `json:"name"`
	EnvironmentID string `json:"environmentId"`
}

// Run prints the newest changes.
func (c *historyCommand) Run(ctx context.Context, out io.Writer) error {
	if c.Limit < 1 {
		return usagef("--limit is %d; ask for 1 change or more", c.Limit)
	}
	api, err := c.client()
	if err != nil {
		return err
	}
	names, err := environmentNames(ctx, api)
	if err != nil {
		return err
	}
	databases, err := everything[remoteDatabase](ctx, api, "/databases")
	if err != nil {
		return err
	}
	id, err := chooseDatabase(databases, names, c.Database)
	if err != nil {
		return err
	}
	path := "/databases/" + url.PathEscape(id) + "/change-history"
	found, err := firstOf[json.RawMessage](ctx, api, path, nil, c.Limit)
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(out).Encode(items[json.RawMessage]{found})
	}
	if len(found) == 0 {
		_, err = fmt.Fprintln(out, "Nothing was changed there through Towpath.")
		return err
	}
	rows := make([]row, len(found))
	for i, raw := range found {
		var change remoteChange
		if err := json.Unmarshal(raw, &change); err != nil {
			return fmt.Errorf("read the server's answer: %w", err)
		}
		rows[i] = change.row()
	}
	return printTable(out, []string{"FINISHED", "COMMIT", "VERSION", "FILE"}, rows)
}

// row shows a change, with who decided about it and what was not run.
func (h remoteChange) row() row {
	r := row{cells: []string{clock(h.FinishedAt), short(h.Commit), cmp.Or(h.Label, "-"), h.file()}}
	if h.Undoing != nil {
		r.notes = append(r.notes, "undone by "+h.Undoing.By+": "+h.Undoing.Why)
	}
	if h.Mark != nil {
		r.notes = append(r.notes, "marked as applied by "+h.Mark.By+": "+h.Mark.Why)
	}
	if h.Recorded != nil {
		r.notes = append(r.notes, h.Recorded.Text)
	}
	if h.State == "baselined" && r.notes == nil {
		r.notes = []string{"recorded without running"}
	}
	return r
}

// chooseDatabase returns the id of the one database that a person means: by its id, or by its
// environment and name. Its error is a *usageError.
func chooseDatabase(all []remoteDatabase, environments map[string]string, name string) (string, error) {
	var found, names []string
	for _, d := range all {
		full := environments[d.EnvironmentID] + "/" + d.Name
		names = append(names, full)
		if name == d.ID || name == full {
			found = append(found, d.ID)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return "", usagef("%d databases are called %s; name one by its id: %s", len(found), name,
			strings.Join(found, ", "))
	case len(all) == 0:
		return "", usagef("the member of this token sees no database")
	}
	if len(names) > 10 {
		names = append(names[:10], fmt.Sprintf("%d more", len(names)-10))
	}
	return "", usagef("no database is called %s; there are %s", name, strings.Join(names, ", "))
}
