package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"
)

// demoRollout is a rollout as far as the demo tells of it.
type demoRollout struct {
	ID      string `json:"id"`
	State   string `json:"state"`
	Commit  string `json:"commit"`
	Message string `json:"message"`
	Stages  []struct {
		Tasks []struct {
			ID          string     `json:"id"`
			State       string     `json:"state"`
			Environment string     `json:"environment"`
			Database    string     `json:"database"`
			Version     string     `json:"version"`
			Path        string     `json:"path"`
			Reason      string     `json:"reason"`
			StartedAt   *time.Time `json:"startedAt"`
			FinishedAt  *time.Time `json:"finishedAt"`
		} `json:"tasks"`
	} `json:"stages"`
}

// explain prints what to open and what to type.
func (d *demo) explain(w io.Writer) {
	i := d.info
	fmt.Fprintf(w, "\nTowpath       %s\n              sign in as %s with password %s\n", i.ConsoleURL, i.Email, i.Password)
	fmt.Fprintf(w, "Bitbucket     %s (simulated)\n              sign in as %s with password %s\n", i.BitbucketURL, i.GitUser, i.GitPassword)
	if d.empty {
		fmt.Fprintf(w, "\nAdd the Git provider under Settings, GitOps. The OAuth consumer is there already:\n\n    Application ID  %s\n    Secret          %s\n", i.ApplicationID, i.Secret)
		fmt.Fprintf(w, "\nThen link %s with the project Shop: base directory %s, template %s\n", demoRepository, i.BaseDirectory, i.FilePathTemplate)
	} else {
		fmt.Fprintf(w, "\nPush a change of your own:\n\n")
	}
	clone := strings.Replace(i.CloneURL, "://", "://"+i.GitUser+":"+i.GitPassword+"@", 1)
	if d.empty {
		fmt.Fprintf(w, "\nand push a change of your own:\n\n")
	}
	fmt.Fprintf(w, "    git clone %s && cd shop-db\n", clone)
	fmt.Fprintf(w, "    echo 'ALTER TABLE customer ADD COLUMN phone TEXT;' > migrations/shop/4__ddl__add_phone.sql\n")
	fmt.Fprintf(w, "    git add . && git commit -m 'Add phone numbers' && git push\n\n")
	for _, db := range i.Databases {
		fmt.Fprintf(w, "%-13s %s\n", db.Environment, db.Path)
	}
	fmt.Fprintf(w, "\nEach change that lands is shown here. Ctrl-C ends the demo.\n\n")
}

// watch prints each task that comes to an end, until ctx ends.
func (d *demo) watch(ctx context.Context, w io.Writer) error {
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	shown := map[string]string{} // task → last state shown
	first := true
	for {
		var rollouts items[demoRollout]
		if err := d.api.call(ctx, "GET", "/rollouts?pageSize=5", nil, &rollouts); err != nil && ctx.Err() == nil {
			return err
		}
		for n := len(rollouts.Items) - 1; n >= 0; n-- {
			var r demoRollout
			if err := d.api.call(ctx, "GET", "/rollouts/"+rollouts.Items[n].ID, nil, &r); err != nil && ctx.Err() == nil {
				return err
			}
			d.show(w, r, shown, first)
		}
		first = false
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (d *demo) show(w io.Writer, r demoRollout, shown map[string]string, quiet bool) {
	for _, stage := range r.Stages {
		for _, t := range stage.Tasks {
			if t.State == shown[t.ID] || t.State == "pending" || t.State == "running" {
				continue
			}
			shown[t.ID] = t.State
			if quiet {
				continue
			}
			took := ""
			if t.StartedAt != nil && t.FinishedAt != nil {
				took = fmt.Sprintf("%d ms", t.FinishedAt.Sub(*t.StartedAt).Milliseconds())
			}
			fmt.Fprintf(w, "%s  %.8s  %-8s %-7s %-40s %-9s %s %s\n", time.Now().Format("15:04:05"), r.Commit, t.Environment, t.Database, t.Path, t.State, took, t.Reason)
		}
	}
}
