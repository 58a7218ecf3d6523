package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path"
	"strings"
)

// remoteTask is what the API says of a task.
type remoteTask struct {
	ID       string    `json:"id"`
	Database string    `json:"database"`
	Version  string    `json:"version"`
	Label    string    `json:"label"`
	Type     string    `json:"type"`
	Path     string    `json:"path"`
	State    string    `json:"state"`
	Reason   *sentence `json:"reason"`
	Error    *sentence `json:"error"`

	environment string // its name
}

// file names what a task brings.
func (t remoteTask) file() string {
	switch {
	case t.Path == "":
		return t.Type + " " + t.Label
	case t.Type == "undo":
		return "undo of " + t.Path
	}
	return t.Path
}

// why lists the reason of a task's state and the error of its last attempt, unless they are the same
// or the error no longer matters.
func (t remoteTask) why() (said []string) {
	if t.Error != nil && t.State != "done" && t.State != "running" {
		said = append(said, t.Error.Text)
	}
	if t.Reason != nil && (len(said) == 0 || said[0] != t.Reason.Text) {
		said = append(said, t.Reason.Text)
	}
	return said
}

// is reports whether people may mean this task by a name: a path, its last part, or a version.
func (t remoteTask) is(name string) bool {
	return name != "" && (name == t.Path || name == path.Base(t.Path) && t.Path != "" ||
		name == t.Label || name == t.Version)
}

// taskCommand is a decision about a file in a database.
type taskCommand struct {
	remote
	File        string `arg:"" help:"The file: its path in the repository, its name without folders, or its version."`
	Environment string `help:"Name of the environment. Needed when the file fits in several."`
	Database    string `help:"Name of the database. Needed when the file fits in several."`
	Link        string `help:"Repository link, by its id or by the name of its repository. Default: the only one."`
	Rollout     string `help:"Rollout, by its id or its commit. Default: the newest of the link."`
	JSON        bool   `name:"json" help:"Write JSON, as the API does."`
}

// retryCommand tries a failed file again.
type retryCommand struct{ taskCommand }

// releaseCommand lets a held file run.
type releaseCommand struct{ taskCommand }

// skipCommand closes a file in a database without running it.
type skipCommand struct {
	taskCommand
	Reason string `required:"" help:"Why it is not needed there. It stays with the file."`
}

// Run returns when the server has accepted the decision.
func (c *retryCommand) Run(ctx context.Context, out io.Writer) error {
	return c.decide(ctx, out, "retry", nil, "failed")
}

// Run returns when the server has accepted the decision.
func (c *releaseCommand) Run(ctx context.Context, out io.Writer) error {
	return c.decide(ctx, out, "release", nil, "held")
}

// Run returns when the server has accepted the decision.
func (c *skipCommand) Run(ctx context.Context, out io.Writer) error {
	return c.decide(ctx, out, "skip", map[string]string{"reason": c.Reason}, "failed", "held", "pending")
}

// decide sends a decision about the one task that the flags name, and prints how the task stands then.
// usual are the states of tasks that such decisions are about.
func (c *taskCommand) decide(
	ctx context.Context, out io.Writer, action string, body any, usual ...string,
) error {
	api, err := c.client()
	if err != nil {
		return err
	}
	filter := url.Values{}
	if c.Rollout == "" || c.Link != "" {
		links, err := remoteLinks(ctx, api)
		if err != nil {
			return err
		}
		link, err := choose(links, c.Link)
		if err != nil {
			return err
		}
		filter.Set("link", link.ID)
	}
	_, r, err := findRollout(ctx, api, c.Rollout, filter)
	if err != nil {
		return err
	}
	task, err := pick(r.tasks(), c.File, c.Environment, c.Database, usual)
	if err != nil {
		return usagef("in the rollout of commit %s, %v", short(r.Commit), err)
	}
	var raw json.RawMessage
	if err := api.call(ctx, "POST", "/rollouts/"+r.ID+"/tasks/"+task.ID+"/"+action, body, &raw); err != nil {
		return err
	}
	if c.JSON {
		_, err = fmt.Fprintln(out, string(raw))
		return err
	}
	now := remoteTask{environment: task.environment}
	if err := json.Unmarshal(raw, &now); err != nil {
		return fmt.Errorf("read the server's answer: %w", err)
	}
	_, err = fmt.Fprintf(out, "%s: %s is %s now, in the rollout of commit %s.\n", plain(now.where()),
		plain(now.file()), now.State, short(r.Commit))
	return err
}

// where names the database of a task.
func (t remoteTask) where() string { return t.environment + "/" + t.Database }

// tasks lists the tasks of all stages.
func (r remoteRollout) tasks() (all []remoteTask) {
	for _, s := range r.Stages {
		for _, t := range s.Tasks {
			t.environment = s.Environment
			all = append(all, t)
		}
	}
	return all
}

// pick returns the one task that people mean. Where several fit, it is the only one in a usual state.
func pick(all []remoteTask, name, environment, database string, usual []string) (remoteTask, error) {
	var fit, likely []remoteTask
	for _, t := range all {
		if !t.is(name) || environment != "" && environment != t.environment ||
			database != "" && database != t.Database {
			continue
		}
		fit = append(fit, t)
		for _, state := range usual {
			if t.State == state {
				likely = append(likely, t)
			}
		}
	}
	switch {
	case len(fit) == 0:
		where := ""
		if environment != "" || database != "" {
			where = " in " + strings.Trim(environment+"/"+database, "/")
		}
		return remoteTask{}, fmt.Errorf("nothing is called %s%s", name, where)
	case len(likely) == 1:
		return likely[0], nil
	case len(fit) == 1:
		return fit[0], nil // the server says why not
	case len(likely) == 0:
		return remoteTask{}, fmt.Errorf("%s is nowhere %s: %s", name, strings.Join(usual, " or "), places(fit))
	}
	return remoteTask{}, errors.New("several fit; choose one with --environment and --database: " +
		places(likely))
}

// places says where tasks are and how they stand, at most ten of them.
func places(tasks []remoteTask) string {
	var said []string
	for _, t := range tasks[:min(len(tasks), 10)] {
		said = append(said, t.file()+" is "+t.State+" in "+t.where())
	}
	if more := len(tasks) - len(said); more > 0 {
		said = append(said, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(said, ", ")
}
