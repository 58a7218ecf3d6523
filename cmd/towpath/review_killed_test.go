package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	bitbucketsim "towpath/internal/gitsim/bitbucket"
)

var reviewKills = flag.Int("review.kills", 1, "at how many moments of a review the server is killed")

// TestReview_killedAtAnyMoment kills the server by SIGKILL at moments after the push of a branch that
// is rehearsed and has a pull request. After the restart the provider has the end of the review in
// time, and one comment. With -review.kills of 10 or more, it waits until no scratch database is left.
func TestReview_killedAtAnyMoment(t *testing.T) {
	makeUsers(t)
	t.Parallel()
	w, err := newWorld(t.Context(), t.TempDir(), postgresTargets(servers.postgres.Target()), "")
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	w.pullRequests = true
	if err := w.start("--log-level=warn"); err != nil {
		t.Fatal(err)
	}
	clone := t.TempDir()
	run := func(args ...string) string {
		command := exec.CommandContext(t.Context(), "git",
			append([]string{"-C", clone, "-c", "user.name=x", "-c", "user.email=x@example.com"}, args...)...)
		out, err := command.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	run("clone", "-q", w.cloneURL(), ".")
	if w.linkID, err = w.link(t.Context(), w.grant, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := w.rehearse(true, "towpath_scratch"); err != nil {
		t.Fatal(err)
	}
	const branch = "feature/größe"
	run("checkout", "-q", "-b", branch)
	number := 0
	var took []time.Duration
	for n := range *reviewKills {
		if err := os.MkdirAll(clone+"/migrations/shop", 0o700); err != nil {
			t.Fatal(err)
		}
		text := fmt.Sprintf("CREATE TABLE item%d (id int PRIMARY KEY);\nSELECT pg_sleep(0.3);\n", n)
		if err := os.WriteFile(clone+"/migrations/shop/7__ddl__item.sql", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		run("add", "-A")
		run("commit", "-qm", "Make an item")
		run("push", "-q", "origin", "HEAD")
		if number == 0 {
			spec := bitbucketsim.PullRequestSpec{Title: "Items", Source: branch}
			if number, err = w.sim.OpenPullRequest(demoRepository, w.info.GitUser, spec); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Duration(2*n+1) * 750 * time.Millisecond / time.Duration(*reviewKills))
		if err := w.stop(syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		if err := w.start("--log-level=warn"); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		head := run("rev-parse", "HEAD")
		if err := w.toldOnce(branch, head, number); err != nil {
			t.Fatalf("killed at moment %d: %v", n+1, err)
		}
		if states := w.reviewStates(head); slices.Contains(states, "INPROGRESS") || len(states) != 1 {
			t.Errorf("killed at moment %d, the statuses are %v", n+1, states)
		}
		took = append(took, time.Since(began))
	}
	fmt.Printf("review-killed: %d trials, told after %s at most\n", len(took), slices.Max(took).Round(time.Millisecond))
	if *reviewKills < 10 {
		return
	}
	err = w.until(2*time.Minute, func() (bool, string) {
		left, err := w.query(demoEnvironments[0],
			"SELECT datname FROM pg_database WHERE datname LIKE 'towpath\\_scratch\\_%'")
		return err == nil && len(left) == 0, fmt.Sprintf("%v are left, %v", left, err)
	})
	if err != nil {
		t.Error(err)
	}
}

// toldOnce waits until the review of a head is told by its status and by the one comment.
func (w *world) toldOnce(branch, head string, number int) error {
	return w.until(time.Minute, func() (bool, string) {
		var all items[branchView]
		if err := w.api.call(w.ctx, "GET", "/repository-links/"+w.linkID+"/reviews", nil, &all); err != nil {
			return false, err.Error()
		}
		at := slices.IndexFunc(all.Items, func(v branchView) bool { return v.Branch == branch })
		if at < 0 {
			return false, "there is no review of " + branch
		}
		v := all.Items[at]
		ours := 0
		current := false
		for _, text := range w.sim.PullRequest(demoRepository, number).Comments {
			if strings.HasPrefix(text, "## Towpath review") {
				ours++
				current = strings.Contains(text, head[:7])
			}
		}
		told := v.Sent.Commit == head && v.Sent.State != "in-progress" && v.Rehearsal != "wanted"
		return told && ours == 1 && current,
			fmt.Sprintf("it is %s, %s, told %+v, %d comments", v.State, v.Rehearsal, v.Sent, ours)
	})
}

// reviewStates are the states of the statuses of reviews on a commit.
func (w *world) reviewStates(commit string) (states []string) {
	for _, s := range w.sim.Statuses(demoRepository, commit) {
		if strings.HasPrefix(s.Name, "Towpath review") {
			states = append(states, s.State)
		}
	}
	return states
}
