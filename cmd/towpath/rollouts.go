package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"
	"time"

	"towpath"
)

// rolloutsCommand prints the newest rollouts, or one with its changes.
type rolloutsCommand struct {
	remote
	Rollout string `arg:"" optional:"" help:"A rollout, by its id or its commit: print each of its changes, and why it stands so."`
	Link    string `help:"Only of this repository link: its id, or the name of its repository."`
	State   string `enum:",pending,running,held,failed,unknown,done,skipped,cancelled,superseded" default:"" help:"Only those in this state, such as failed."`
	Limit   int    `default:"20" help:"How many at most, the newest first."`
	JSON    bool   `name:"json" help:"Write JSON, as the API does."`
}

// remoteRollout is what the API says of a rollout. Lists leave the stages out, and other answers the
// progress.
type remoteRollout struct {
	ID        string       `json:"id"`
	LinkID    string       `json:"linkId"`
	Commit    string       `json:"commit"`
	Message   string       `json:"message"`
	Author    string       `json:"author"`
	State     string       `json:"state"`
	Paused    bool         `json:"paused"`
	CreatedAt time.Time    `json:"createdAt"`
	Pauses    []remoteStop `json:"pauses"`
	Progress  []struct {
		EnvironmentID string `json:"environmentId"`
		State         string `json:"state"`
	} `json:"progress"`
	Stages []struct {
		Environment string       `json:"environment"`
		Tasks       []remoteTask `json:"tasks"`
	} `json:"stages"`
}

// remoteStop is a pause that stops a rollout.
type remoteStop struct {
	Name string `json:"name"`
	Why  string `json:"why"`
}

// Run prints what the token's member may see.
func (c *rolloutsCommand) Run(ctx context.Context, out io.Writer) error {
	if c.Limit < 1 {
		return usagef("--limit is %d; ask for 1 rollout or more", c.Limit)
	}
	api, err := c.client()
	if err != nil {
		return err
	}
	if c.Rollout != "" {
		return c.one(ctx, api, out)
	}
	filter, err := c.filter(ctx, api)
	if err != nil {
		return err
	}
	found, err := firstOf[json.RawMessage](ctx, api, "/rollouts", filter, c.Limit)
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(out).Encode(items[json.RawMessage]{found})
	}
	if len(found) == 0 {
		_, err = fmt.Fprintln(out, "There is no such rollout, or none is yours to see.")
		return err
	}
	names, err := environmentNames(ctx, api)
	if err != nil {
		return err
	}
	rows := make([]row, len(found))
	for i, raw := range found {
		var r remoteRollout
		if err := json.Unmarshal(raw, &r); err != nil {
			return fmt.Errorf("read the server's answer: %w", err)
		}
		rows[i] = r.row(names)
	}
	return printTable(out, []string{"COMMIT", "STATE", "CREATED", "MESSAGE"}, rows)
}

// filter selects rollouts by link and state.
func (c *rolloutsCommand) filter(ctx context.Context, api *apiClient) (url.Values, error) {
	filter := url.Values{}
	if c.State != "" {
		filter.Set("state", c.State)
	}
	if c.Link == "" {
		return filter, nil
	}
	links, err := remoteLinks(ctx, api)
	if err != nil {
		return nil, err
	}
	link, err := choose(links, c.Link)
	filter.Set("link", link.ID)
	return filter, err
}

// row shows a rollout in a list, with where it is in each environment.
func (r remoteRollout) row(environments map[string]string) row {
	var stands []string
	for _, p := range r.Progress {
		stands = append(stands, cmp.Or(environments[p.EnvironmentID], "a removed environment")+" "+p.State)
	}
	if r.Paused {
		stands = append(stands, "paused by a person")
	}
	return row{
		cells: []string{short(r.Commit), r.State, clock(r.CreatedAt), towpath.ClipRunes(r.Message, 40)},
		notes: []string{strings.Join(stands, ", ")},
	}
}

// one prints a rollout with its changes.
func (c *rolloutsCommand) one(ctx context.Context, api *apiClient, out io.Writer) error {
	filter, err := c.filter(ctx, api)
	if err != nil {
		return err
	}
	raw, r, err := findRollout(ctx, api, c.Rollout, filter)
	if err != nil {
		return err
	}
	if c.JSON {
		_, err = fmt.Fprintln(out, string(raw))
		return err
	}
	fmt.Fprintf(out, "Rollout %s of commit %s: %s\n", r.ID, short(r.Commit), r.State)
	fmt.Fprintf(out, "%s (%s, %s)\n", plain(r.Message), plain(r.Author), clock(r.CreatedAt))
	for _, p := range r.Pauses {
		fmt.Fprintf(out, "Paused by %s. %s\n", plain(p.Name), plain(p.Why))
	}
	fmt.Fprintln(out)
	var rows []row
	for _, s := range r.Stages {
		for _, t := range s.Tasks {
			rows = append(rows, row{
				cells: []string{cmp.Or(s.Environment, "-"), t.Database, t.State, t.file()},
				notes: t.why(),
			})
		}
	}
	return printTable(out, []string{"ENVIRONMENT", "DATABASE", "STATE", "FILE"}, rows)
}

// mostSearched is how many rollouts are searched for a commit.
const mostSearched = 1000

// findRollout reads a rollout by its id, by its commit, or the newest one that filter selects when
// the name is empty. Of several of one commit it is the newest. Its error is a *usageError when there
// is none.
func findRollout(
	ctx context.Context, api *apiClient, name string, filter url.Values,
) (raw json.RawMessage, r remoteRollout, err error) {
	id := name
	if name == "" || regexp.MustCompile(`^[0-9a-f]{7,64}$`).MatchString(name) {
		n := mostSearched
		if name == "" {
			n = 1
		}
		found, err := firstOf[remoteRollout](ctx, api, "/rollouts", filter, n)
		if err != nil {
			return nil, r, err
		}
		id = ""
		for _, r := range found {
			if id == "" && strings.HasPrefix(r.Commit, name) {
				id = r.ID
			}
		}
	}
	if id == "" && name == "" {
		return nil, r, usagef("there is no rollout, or none is yours to see")
	}
	if id == "" {
		return nil, r, usagef("none of the newest %d rollouts is of commit %s", mostSearched, name)
	}
	if err := api.call(ctx, "GET", "/rollouts/"+url.PathEscape(id), nil, &raw); err != nil {
		return nil, r, err
	}
	if err := json.Unmarshal(raw, &r); err != nil {
		return nil, r, fmt.Errorf("read the server's answer: %w", err)
	}
	return raw, r, nil
}

// clock is a time as people write it, in their own zone.
func clock(at time.Time) string { return at.Local().Format("2006-01-02 15:04") }
