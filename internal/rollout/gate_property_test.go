package rollout_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"towpath"
	"towpath/internal/rollout"
	"towpath/internal/store"
)

// gateWalk does at random what happens around one file that waits for consent in prod, in a real
// store. It keeps in words what each person has approved, and what a start was of.
type gateWalk struct {
	*bundle
	prod     towpath.Environment
	people   []towpath.Actor // the first one writes each file
	task     towpath.Task
	texts    int
	approved map[string]map[string]bool // words by member
	started  string
	starts   int
	runs     int
	records  int
}

// words are what a person sees, without any hash.
func (w *gateWalk) words() string {
	return fmt.Sprintf("text %d of %s, limit %s, %d people", w.texts, w.task.Checksum, w.prod.LockTimeout,
		w.prod.Consent.People)
}

// push replaces the task by one with another text, as a plan does.
func (w *gateWalk) push(t *testing.T) {
	t.Helper()
	w.texts++
	version := fmt.Sprint(w.texts)
	w.write(t, func(ctx context.Context, tx *store.Tx) error {
		if w.task.ID == "" {
			return nil
		}
		task, err := tx.Task(ctx, w.task.ID)
		if err != nil {
			return err
		}
		if task.State == towpath.TaskDone { // recorded
			return nil
		}
		task.Close(towpath.TaskCancelled, towpath.Why(towpath.ReasonRelinked), tx.Now)
		return tx.UpdateTask(ctx, &task)
	})
	w.task = w.waits(t, w.prod, version)
	w.wrote(t, version, towpath.Person{Email: w.people[0].Member.Email})
}

// policy changes a limit, or how many people are asked.
func (w *gateWalk) policy(t *testing.T, r *rand.Rand) {
	t.Helper()
	w.prod.LockTimeout = time.Duration(r.IntN(2)) * time.Second
	w.prod.Consent.People = 1 + r.IntN(2)
	w.write(t, func(ctx context.Context, tx *store.Tx) error { return tx.UpdateEnvironment(ctx, &w.prod) })
}

// advanceGate opens the gate if it opens, and checks that it may.
func (w *gateWalk) advanceGate(t *testing.T) {
	t.Helper()
	before := w.task.State
	w.advance(t)
	w.reload(t)
	if before == w.task.State {
		return
	}
	yes := 0
	for who, of := range w.approved {
		if of[w.words()] && who != w.people[0].Member.ID {
			yes++
		}
	}
	if yes < w.prod.Consent.People {
		t.Fatalf("%s started with %d approvals: %v", w.words(), yes, w.approved)
	}
	w.started = w.words()
	w.starts++
}

func (w *gateWalk) reload(t *testing.T) {
	t.Helper()
	w.write(t, func(ctx context.Context, tx *store.Tx) (err error) {
		w.task, err = tx.Task(ctx, w.task.ID)
		return err
	})
}

// claim is the executor's look at the gate, in one transaction with the run.
func (w *gateWalk) claim(t *testing.T) {
	t.Helper()
	if w.task.State != towpath.TaskPending {
		return
	}
	w.write(t, func(ctx context.Context, tx *store.Tx) error {
		s, _, _, err := tx.StageOfTask(ctx, w.task)
		if err != nil {
			return err
		}
		if d := s.Claim(w.task, false, tx.Now); d.Verdict != towpath.VerdictStart {
			w.task.State, w.task.Reason = towpath.TaskHeld, d.Because[0]
			return tx.UpdateTask(ctx, &w.task)
		}
		if w.words() != w.started {
			t.Errorf("%s runs, and the start was of %s", w.words(), w.started)
		}
		w.runs++
		w.task.State = towpath.TaskRunning
		if err := tx.UpdateTask(ctx, &w.task); err != nil {
			return err
		}
		w.task.State = towpath.TaskFailed // so that it can be tried again
		return tx.UpdateTask(ctx, &w.task)
	})
}

// mark marks the task as applied, and has the database agree or contradict when it is recorded. What
// was contradicted waits at the gate again before anything of it runs.
func (w *gateWalk) mark(t *testing.T, who towpath.Actor, agrees bool) {
	t.Helper()
	before := w.task.State
	got, err := w.Mark(t.Context(), who, w.task.ID, rollout.Marking{Why: "größe", Despite: true})
	w.reload(t)
	if may := before == towpath.TaskHeld || before == towpath.TaskFailed; may != (err == nil) {
		t.Fatalf("a task that is %s was marked: %v", before, err)
	}
	if err != nil {
		return
	}
	if got.Action != towpath.ActionRecord {
		t.Fatalf("%+v runs", got)
	}
	w.records++
	w.write(t, func(ctx context.Context, tx *store.Tx) error {
		review, err := tx.Review(ctx, w.rollout.ID) // without the file
		if err != nil {
			return err
		}
		review.State = towpath.ReviewDone
		if _, err := tx.SetReview(ctx, review); err != nil {
			return err
		}
		w.task.State = towpath.TaskRunning
		if err := tx.UpdateTask(ctx, &w.task); err != nil {
			return err
		}
		if w.task.State = towpath.TaskDone; !agrees {
			w.task.State = towpath.TaskFailed
			w.task.Unmark()
		}
		return tx.UpdateTask(ctx, &w.task)
	})
	if agrees {
		w.push(t)
	}
}

// In any order of pushes, policies, answers, withdrawals, retries and marks, the store starts and runs only
// what other people than its author have approved.
func TestGate_inTheStoreRunsOnlyWhatIsApproved(t *testing.T) {
	t.Parallel()
	w := gateWalk{bundle: setup(t), approved: map[string]map[string]bool{}}
	w.shows()
	w.prod = w.bundle.prod(t, towpath.Gate{Start: towpath.StartAutomatic, Consent: towpath.Consent{People: 1}})
	for _, name := range []string{"al", "bo", "cy"} {
		who := w.member(t, name+"@example.com", towpath.RoleDBA)
		w.people, w.approved[who.Member.ID] = append(w.people, who), map[string]bool{}
	}
	r := rand.New(rand.NewPCG(37, 18)) //nolint:gosec // a model needs no secret numbers
	w.push(t)
	for range 600 {
		who := w.people[r.IntN(len(w.people))]
		switch r.IntN(11) {
		case 0:
			if w.task.State != towpath.TaskHeld || r.IntN(4) == 0 {
				w.push(t)
			}
		case 1:
			if r.IntN(2) == 0 {
				w.policy(t, r)
			}
		case 2, 3, 4:
			answer := rollout.Answer{Evidence: w.look(t, w.prod)}
			if w.Approve(t.Context(), who, w.rollout.ID, w.prod.ID, answer) == nil &&
				w.task.State == towpath.TaskHeld {
				w.approved[who.Member.ID][w.words()] = true
			}
		case 5:
			if r.IntN(3) == 0 && w.Withdraw(t.Context(), who, w.rollout.ID, w.prod.ID) == nil {
				clear(w.approved[who.Member.ID])
			}
		case 6:
			_, err := w.Retry(t.Context(), who, w.task.ID)
			w.reload(t)
			if err == nil && w.task.State != towpath.TaskPending {
				t.Fatalf("%+v", w.task)
			}
		case 7, 8:
			w.advanceGate(t)
		case 9:
			w.claim(t)
		case 10:
			if r.IntN(4) == 0 {
				w.mark(t, who, r.IntN(2) == 0)
			}
		}
	}
	t.Logf("%d starts, %d runs and %d recordings", w.starts, w.runs, w.records)
	if w.starts < 10 || w.runs < 5 || w.records < 5 {
		t.Errorf("%d starts, %d runs and %d recordings show nothing", w.starts, w.runs, w.records)
	}
}
