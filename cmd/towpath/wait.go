package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"time"

	"towpath/internal/plan"
)

// waitPause is the time between two looks at a server.
const waitPause = time.Second

// waitCommand waits until an environment has what a commit brings.
type waitCommand struct {
	remote
	Commit      string        `required:"" help:"Commit at the head of the link's branch, 7 characters or more."`
	Environment string        `required:"" help:"Name of the environment."`
	Link        string        `help:"Repository link, by its id or by the name of its repository. Default: the only one."`
	Timeout     time.Duration `default:"15m" help:"How long to wait; 0s looks once."`
}

// errStuck is in the chain of an error when a person must act before anything can arrive.
var errStuck = errors.New("this does not pass by itself")

// errWaited is in the chain of an error when the time has passed.
var errWaited = errors.New("not there in time")

// Run returns nil when the commit has arrived. It prints what it waits for whenever that changes.
func (c *waitCommand) Run(ctx context.Context, out io.Writer) error {
	if !regexp.MustCompile(`^[0-9a-f]{7,64}$`).MatchString(c.Commit) {
		return usagef("--commit is %q; give 7 or more hexadecimal digits of a commit", c.Commit)
	}
	api, err := c.client()
	if err != nil {
		return err
	}
	deadline := time.Now().Add(c.Timeout)
	var said string
	for {
		at, why, err := c.look(ctx, api)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && !passing(err):
			return err
		case err != nil:
			why = err.Error()
		case at == arrived:
			_, err := fmt.Fprintln(out, why)
			return err
		case at == stuck:
			return fmt.Errorf("%w: %s", errStuck, why)
		}
		if !time.Now().Before(deadline) {
			return fmt.Errorf("%w (%s): %s", errWaited, c.Timeout, why)
		}
		if why != said {
			fmt.Fprintln(out, "waiting:", why)
			said = why
		}
		select {
		case <-ctx.Done():
		case <-time.After(waitPause):
		}
	}
}

// look asks the server once.
func (c *waitCommand) look(ctx context.Context, api *apiClient) (arrival, string, error) {
	var environments items[named]
	if err := api.call(ctx, "GET", "/environments", nil, &environments); err != nil {
		return waits, "", err
	}
	id := ""
	for _, e := range environments.Items {
		if e.Name == c.Environment {
			id = e.ID
		}
	}
	if id == "" {
		return waits, "", usagef("there is no environment %s", c.Environment)
	}
	links, err := remoteLinks(ctx, api)
	if err != nil {
		return waits, "", err
	}
	link, err := choose(links, c.Link)
	if err != nil {
		return waits, "", err
	}
	if err := api.call(ctx, "GET", "/repository-links/"+link.ID, nil, &link); err != nil {
		return waits, "", err
	}
	v, why := judge(link, c.Commit, id)
	return v, c.Environment + ": " + why, nil
}

// arrival says how far a commit has come in an environment.
type arrival int

const (
	waits   arrival = iota // or it is not known
	stuck                  // a person must act first
	arrived                // every file is in every database, or a person has decided that it need not be
)

// settled are the states of files that nothing waits for, and moving those that change without a push.
// In every other state, a person must act.
var (
	settled = map[plan.ItemState]bool{
		plan.ItemApplied: true, plan.ItemBaselined: true, plan.ItemIgnored: true, plan.ItemRenamed: true,
		plan.ItemSkipped: true, plan.ItemMissing: true,
	}
	moving = map[plan.ItemState]bool{
		plan.ItemPending: true, plan.ItemHeld: true, plan.ItemRunning: true, plan.ItemUnreachable: true,
	}
)

// judge says how far a commit has come in the environment with an id, and why it is not there.
func judge(l remoteLink, commit, environmentID string) (arrival, string) {
	if len(l.SyncedCommit) < len(commit) || l.SyncedCommit[:len(commit)] != commit {
		why := fmt.Sprintf("%s is at commit %s and not at %s", l.RepositoryName, short(l.SyncedCommit),
			short(commit))
		if l.Attention != nil {
			why += ": " + l.Attention.Text
		}
		return waits, why
	}
	var open []remoteItem
	skipped := 0
	for _, i := range l.Plan.Items {
		if i.EnvironmentID != "" && i.EnvironmentID != environmentID {
			continue
		}
		switch {
		case !settled[i.State] && !moving[i.State]:
			return stuck, i.says()
		case !settled[i.State]:
			open = append(open, i)
		case i.State == plan.ItemSkipped:
			skipped++
		}
	}
	switch {
	case len(open) > 0:
		return waits, fmt.Sprintf("%d to come, the first: %s", len(open), open[0].says())
	case l.Plan.Blocked != nil:
		return waits, l.Plan.Blocked.Text
	case l.Plan.MoreItems > 0:
		return waits, fmt.Sprintf("%d more files are not shown by the server", l.Plan.MoreItems)
	case skipped > 0:
		return arrived, fmt.Sprintf("has all of commit %s, but for %d that people skipped", short(commit),
			skipped)
	}
	return arrived, "has all of commit " + short(commit)
}

// says names the file, its state and the reason.
func (i remoteItem) says() string {
	text := i.Path + " is " + string(i.State)
	if i.Reason != nil {
		text += ": " + i.Reason.Text
	}
	return text
}
