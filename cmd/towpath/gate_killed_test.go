package main

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"
)

var gateKills = flag.Int("gate.kills", 1, "at how many moments after an approval the server is killed")

// TestGate_killedAfterAnApproval kills the server by SIGKILL at moments around the approval that
// starts an environment. After the restart each change ran once, and none before it was approved. An
// approval that the server did not live to keep is given again.
func TestGate_killedAfterAnApproval(t *testing.T) {
	t.Parallel()
	w, err := newWorld(t.Context(), t.TempDir(), sqliteTargets{}, "")
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	if err := w.start("--log-level=warn"); err != nil {
		t.Fatal(err)
	}
	var environments items[struct{ ID, Name string }]
	if err := w.api.call(w.ctx, "GET", "/environments", nil, &environments); err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(environments.Items, func(e struct{ ID, Name string }) bool { return e.Name == "prod" })
	gate := map[string]any{"consent": map[string]any{"people": 1, "roles": []string{"owner"}}}
	if err := w.api.call(w.ctx, "PATCH", "/environments/"+environments.Items[at].ID, gate, nil); err != nil {
		t.Fatal(err)
	}
	w.commit(t, map[string]string{"migrations/shop/1__ddl__made.sql": "CREATE TABLE made (n INTEGER NOT NULL);"})
	if w.linkID, err = w.link(t.Context(), w.grant, map[string]any{"existingFiles": "run"}); err != nil {
		t.Fatal(err)
	}
	w.approved(t, 0, 0)
	again := 0
	for n := 1; n <= *gateKills; n++ {
		w.commit(t, map[string]string{
			fmt.Sprintf("migrations/shop/%d__dml__made.sql", n+1): fmt.Sprintf("INSERT INTO made VALUES (%d);", n),
		})
		again += w.approved(t, n, time.Duration(n-1)*15*time.Millisecond)
	}
	fmt.Printf("gate-killed: %d trials, %d approvals given again\n", *gateKills, again)
}

// approved approves the change that inserts n in prod, and waits until it is there once. The server
// is killed so long after the approval was sent; not for the change 0. It returns how often the
// approval was given again.
func (w *world) approved(t *testing.T, n int, killed time.Duration) (again int) {
	t.Helper()
	var stage waitingStage
	there := func() int {
		rows, err := w.query("prod", fmt.Sprintf("SELECT count(*) FROM made WHERE n = %d", n))
		if err != nil || len(rows) != 1 {
			return -1 // the table is still to be made
		}
		var count int
		_, _ = fmt.Sscan(rows[0], &count)
		return count
	}
	if err := w.until(time.Minute, func() (bool, string) {
		stage = w.atGate("prod")
		return stage.evidence != "", fmt.Sprintf("nothing waits in prod: %s", stage.state)
	}); err != nil {
		t.Fatal(err)
	}
	if count := there(); count > 0 {
		t.Fatalf("change %d ran before it was approved", n)
	}
	ctx, cancel := context.WithCancel(w.ctx)
	defer cancel()
	sent := make(chan error, 1)
	go func() { sent <- w.approve(ctx, stage) }()
	if n > 0 {
		time.Sleep(killed)
		if err := w.stop(syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		<-sent
		if err := w.start("--log-level=warn"); err != nil {
			t.Fatal(err)
		}
	} else if err := <-sent; err != nil {
		t.Fatal(err)
	}
	if err := w.until(time.Minute, func() (bool, string) {
		stage = w.atGate("prod")
		if stage.evidence != "" && stage.missing > 0 {
			again++
			if err := w.approve(w.ctx, stage); err != nil {
				return false, err.Error()
			}
		}
		return stage.state == "done", fmt.Sprintf("prod is %s, %d approvals are missing", stage.state, stage.missing)
	}); err != nil {
		t.Fatalf("change %d: %v", n, err)
	}
	if count := there(); n > 0 && count != 1 {
		t.Errorf("change %d is there %d times", n, count)
	}
	return again
}

// waitingStage is an environment of the newest rollout.
type waitingStage struct {
	rollout, environment, state, evidence string
	missing                               int
}

// atGate reads an environment of the newest rollout; evidence is "" when nothing can be answered.
func (w *world) atGate(environment string) (found waitingStage) {
	id, _, err := w.newestTasks()
	if err != nil {
		return waitingStage{state: err.Error()}
	}
	var r struct {
		Stages []struct {
			EnvironmentID string
			Environment   string
			State         string
			Start         *struct {
				Evidence  string
				MayAnswer bool
				Missing   int
			}
		}
	}
	if err := w.api.call(w.ctx, "GET", "/rollouts/"+id, nil, &r); err != nil {
		return waitingStage{state: err.Error()}
	}
	for _, s := range r.Stages {
		if s.Environment != environment {
			continue
		}
		found = waitingStage{rollout: id, environment: s.EnvironmentID, state: s.State}
		if s.Start != nil && s.Start.MayAnswer {
			found.evidence, found.missing = s.Start.Evidence, s.Start.Missing
		}
	}
	return found
}

func (w *world) approve(ctx context.Context, s waitingStage) error {
	return w.api.call(ctx, "POST", "/rollouts/"+s.rollout+"/stages/"+s.environment+"/approvals",
		map[string]any{"evidence": s.evidence}, nil)
}
