package rollout_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"towpath"
	"towpath/internal/rollout"
	"towpath/internal/store"
	"towpath/internal/wording"
)

// prod gives the environment prod a gate, and returns it.
func (b *bundle) prod(t *testing.T, gate towpath.Gate) (prod towpath.Environment) {
	t.Helper()
	b.write(t, func(ctx context.Context, tx *store.Tx) error {
		all, err := tx.Environments(ctx)
		if err != nil {
			return err
		}
		prod = all[1]
		prod.Gate = gate
		return tx.UpdateEnvironment(ctx, &prod)
	})
	return prod
}

// waits adds a task to prod that waits at its gate.
func (b *bundle) waits(t *testing.T, prod towpath.Environment, version string) towpath.Task {
	t.Helper()
	task := b.task(t, 1, version, towpath.TaskHeld)
	task.EnvironmentID, task.Environment = prod.ID, prod.Name
	task.Reason = prod.HeldReason(prod.Name)
	b.write(t, func(ctx context.Context, tx *store.Tx) error { return tx.UpdateTask(ctx, &task) })
	return task
}

// look returns the evidence of what waits in prod, as the page shows it.
func (b *bundle) look(t *testing.T, prod towpath.Environment) (evidence towpath.Evidence) {
	t.Helper()
	b.write(t, func(ctx context.Context, tx *store.Tx) error {
		r, err := tx.Rollout(ctx, b.rollout.ID)
		if err != nil {
			return err
		}
		s, err := tx.Gates().Stage(ctx, r, prod.ID)
		evidence = s.Evidence()
		return err
	})
	return evidence
}

// member adds a member of the workspace.
func (b *bundle) member(t *testing.T, email string, role towpath.Role) towpath.Actor {
	t.Helper()
	m := towpath.Member{Email: email, Role: role, PasswordHash: "x"}
	b.write(t, func(ctx context.Context, tx *store.Tx) error { return tx.CreateMember(ctx, &m) })
	return towpath.Actor{Member: m, SessionID: "s"}
}

// wrote notes who has committed the file of a version.
func (b *bundle) wrote(t *testing.T, version string, people ...towpath.Person) {
	t.Helper()
	b.write(t, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.PutCommits(ctx, "link", towpath.Commit{Hash: "of " + version, People: people}); err != nil {
			return err
		}
		return tx.AddFileCommits(ctx, "link", map[string][]string{version + ".sql": {"of " + version}})
	})
}

// wantCode fails unless the error has the code and the words; "" expects none.
func wantCode(t *testing.T, err error, code towpath.Code, words string) {
	t.Helper()
	if towpath.ErrorCode(err) != code || (code != "" && !strings.Contains(err.Error(), words)) {
		t.Errorf("got %v, want %q with %q", err, code, words)
	}
}

func TestStart_startsWhatWasSeenOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	prod := b.prod(t, towpath.Gate{Start: towpath.StartManual})
	before := b.task(t, 0, "1", towpath.TaskPending)
	first := b.waits(t, prod, "1")
	stale := b.look(t, prod)
	second := b.waits(t, prod, "2")
	evidence := b.look(t, prod)
	start := func(evidence towpath.Evidence, code towpath.Code, words string) {
		t.Helper()
		wantCode(t, b.Start(t.Context(), towpath.Actor{}, b.rollout.ID, prod.ID, evidence), code, words)
	}
	start(evidence, towpath.CodeConflict, "An environment before this one is not done")
	before.State = towpath.TaskDone
	b.write(t, func(ctx context.Context, tx *store.Tx) error { return tx.UpdateTask(ctx, &before) })
	start(stale, towpath.CodeConflict, "The files have changed since you looked")
	if _, err := b.Release(t.Context(), towpath.Actor{}, second.ID); err == nil {
		t.Error("one task was released before the one that comes first")
	}
	b.advance(t)
	start(evidence, "", "")
	start(evidence, "", "") // by a second person
	if r := b.advance(t); r.State != towpath.RolloutRunning || !b.wanted(t, towpath.JobRunTask, first.ID) {
		t.Errorf("the rollout is %s", r.State)
	}
	wantCode(t, b.Start(t.Context(), towpath.Actor{}, b.rollout.ID, "test", ""), towpath.CodeConflict, "Nothing")
}

func TestStart_refusesATextThatNobodyHasSeen(t *testing.T) {
	t.Parallel()
	b := setup(t)
	prod := b.prod(t, towpath.Gate{Start: towpath.StartManual})
	task := b.waits(t, prod, "1")
	newer := task.Migration
	newer.Checksum = "of the newer text"
	b.file(t, newer)
	wantCode(t, b.Start(t.Context(), towpath.Actor{}, b.rollout.ID, prod.ID, b.look(t, prod)),
		towpath.CodeConflict, "A push has changed")
}

// Whatever an environment is changed to after a person looked, the start says so.
func TestStart_namesWhatHasMoved(t *testing.T) {
	t.Parallel()
	b := setup(t)
	prod := b.prod(t, towpath.Gate{Start: towpath.StartManual})
	task := b.waits(t, prod, "1")
	for words, change := range map[string]func(context.Context, *store.Tx) error{
		"The limits have changed since": func(ctx context.Context, tx *store.Tx) error {
			prod.LockTimeout += time.Second
			return tx.UpdateEnvironment(ctx, &prod)
		},
		"What the environment asks for has changed since": func(ctx context.Context, tx *store.Tx) error {
			prod.AskIf = towpath.AskWarnings
			return tx.UpdateEnvironment(ctx, &prod)
		},
		"The databases have changed, or have got other changes since": func(ctx context.Context, tx *store.Tx) error {
			return tx.NoteLedgerHead(ctx, task.DatabaseID, 7, "seal")
		},
		"The findings of the SQL review have changed since": func(ctx context.Context, tx *store.Tx) error {
			return b.review(ctx, tx, task, 1)
		},
	} {
		evidence := b.look(t, prod)
		b.write(t, change)
		wantCode(t, b.Start(t.Context(), towpath.Actor{}, b.rollout.ID, prod.ID, evidence),
			towpath.CodeConflict, words)
	}
}

// review stores a review of a task's text with a number of warnings.
func (b *bundle) review(ctx context.Context, tx *store.Tx, task towpath.Task, warnings int) error {
	if err := tx.WantReview(ctx, b.rollout); err != nil {
		return err
	}
	return b.reviewed(ctx, tx, task, warnings)
}

// reviewed ends the review that was asked for.
func (b *bundle) reviewed(ctx context.Context, tx *store.Tx, task towpath.Task, warnings int) error {
	open, err := tx.OpenReviews(ctx, b.rollout.LinkID)
	if err != nil {
		return err
	}
	r := open[0]
	r.State = towpath.ReviewDone
	r.Files = []towpath.ReviewedFile{{
		Path: task.Path, Checksum: task.Checksum, Commit: task.Commit, EnvironmentID: task.EnvironmentID,
		Against: "sqlite", Warnings: warnings,
	}}
	_, err = tx.SetReview(ctx, r)
	return err
}

func TestApprove_startsWithTheLastConsent(t *testing.T) {
	t.Parallel()
	b := setup(t)
	prod := b.prod(t, towpath.Gate{Start: towpath.StartAutomatic, Consent: towpath.Consent{People: 2}})
	task := b.waits(t, prod, "1")
	author := b.member(t, "al@example.com", towpath.RoleDBA)
	one, two := b.member(t, "bo@example.com", towpath.RoleDBA), b.member(t, "cy@example.com", towpath.RoleOwner)
	outsider := b.member(t, "di@example.com", towpath.RoleMember)
	b.wrote(t, "1", towpath.Person{Name: "Ada", Email: "Al@Example.com"}, towpath.Person{Email: "x@y"})
	b.advance(t)
	evidence := b.look(t, prod)
	answer := func(who towpath.Actor, a rollout.Answer, code towpath.Code, words string) {
		t.Helper()
		wantCode(t, b.Approve(t.Context(), who, b.rollout.ID, prod.ID, a), code, words)
	}
	yes, no := rollout.Answer{Evidence: evidence}, rollout.Answer{Evidence: evidence, Refused: true, Why: "late"}
	answer(author, yes, towpath.CodeForbidden, "You wrote or committed")
	answer(outsider, yes, towpath.CodeForbidden, "one of these roles: owner, dba, project-owner")
	answer(one, rollout.Answer{Evidence: evidence, Refused: true}, towpath.CodeInvalid, "why you refuse")
	answer(one, rollout.Answer{Evidence: "x"}, towpath.CodeConflict, "The files have changed since")
	answer(one, yes, "", "")
	answer(one, yes, "", "") // a second click
	answer(two, no, "", "")
	state := func(want towpath.TaskState) {
		t.Helper()
		b.advance(t)
		b.write(t, func(ctx context.Context, tx *store.Tx) (err error) {
			if task, err = tx.Task(ctx, task.ID); err == nil && task.State != want {
				t.Errorf("the task is %s, want %s", task.State, want)
			}
			return err
		})
	}
	state(towpath.TaskHeld)
	wantCode(t, b.Start(t.Context(), two, b.rollout.ID, prod.ID, evidence), towpath.CodeConflict, "refused: late")
	wantCode(t, b.Withdraw(t.Context(), two, b.rollout.ID, prod.ID), "", "")
	wantCode(t, b.Withdraw(t.Context(), two, b.rollout.ID, prod.ID), "", "")
	state(towpath.TaskHeld)
	wantCode(t, b.Start(t.Context(), two, b.rollout.ID, prod.ID, evidence), towpath.CodeConflict, "1 member is missing")
	answer(two, yes, "", "")
	state(towpath.TaskPending)
	answer(two, yes, "", "") // clicked when it had started
	wantCode(t, b.Withdraw(t.Context(), two, b.rollout.ID, prod.ID), towpath.CodeConflict, "nothing to withdraw")
	b.write(t, func(ctx context.Context, tx *store.Tx) error {
		events, err := tx.Acts(ctx, store.ActFilter{ProjectID: b.rollout.ProjectID}, store.Page{})
		var log []string
		for _, e := range events {
			log = append(log, wording.Act(e))
		}
		for _, want := range []string{"Approved the changes", "Refused the changes", ": late", "Withdrew the answer"} {
			if !strings.Contains(strings.Join(log, " "), want) {
				t.Errorf("the audit log has no %q: %q", want, log)
			}
		}
		return err
	})
}

// The findings are part of what is approved, so an approval from before would fall with them.
func TestApprove_waitsForTheReview(t *testing.T) {
	t.Parallel()
	b := setup(t)
	prod := b.prod(t, towpath.Gate{Start: towpath.StartAutomatic, Consent: towpath.Consent{People: 1}})
	task := b.waits(t, prod, "1")
	dba := b.member(t, "bo@example.com", towpath.RoleDBA)
	answer := func(a rollout.Answer, code towpath.Code, words string) {
		t.Helper()
		a.Evidence = b.look(t, prod)
		wantCode(t, b.Approve(t.Context(), dba, b.rollout.ID, prod.ID, a), code, words)
	}
	b.write(t, func(ctx context.Context, tx *store.Tx) error { return tx.WantReview(ctx, b.rollout) })
	answer(rollout.Answer{}, towpath.CodeConflict, "The SQL review of these changes is not done yet.")
	answer(rollout.Answer{Refused: true, Why: "not today"}, "", "")
	b.write(t, func(ctx context.Context, tx *store.Tx) error { return b.reviewed(ctx, tx, task, 1) })
	answer(rollout.Answer{}, "", "")
}

func TestBreakGlass_startsPastTheGateAndIsKept(t *testing.T) {
	t.Parallel()
	b := setup(t)
	prod := b.prod(t, towpath.Gate{
		Start: towpath.StartManual, Consent: towpath.Consent{People: 1},
		Windows: []towpath.Window{{Effect: towpath.WindowDeny, From: "00:00", Minutes: 1440, Zone: "UTC"}},
	})
	task := b.waits(t, prod, "1")
	owner := b.member(t, "al@example.com", towpath.RoleOwner)
	evidence := b.look(t, prod)
	glass := func(why string) error {
		return b.BreakGlass(t.Context(), owner, b.rollout.ID, prod.ID, evidence, why)
	}
	wantCode(t, glass(" "), towpath.CodeInvalid, "why this cannot wait")
	wantCode(t, glass("the shop is down"), "", "")
	b.write(t, func(ctx context.Context, tx *store.Tx) (err error) {
		if task, err = tx.Task(ctx, task.ID); err != nil {
			return err
		}
		starts, err := tx.StageStarts(ctx, []towpath.Task{task})
		if got := starts[task.StartID]; task.State != towpath.TaskPending || got.Glass != "the shop is down" ||
			got.MemberID != owner.Member.ID {
			t.Errorf("task %+v of start %+v", task, got)
		}
		return err
	})
}

// A release lifts what the plan holds, and leaves the task at the gate.
func TestRelease_keepsATaskAtTheGate(t *testing.T) {
	t.Parallel()
	b := setup(t)
	prod := b.prod(t, towpath.Gate{Consent: towpath.Consent{People: 1}, Start: towpath.StartAutomatic})
	task := b.waits(t, prod, "1")
	task.Reason = towpath.Why(towpath.ReasonLateHeld, "version", "2")
	b.write(t, func(ctx context.Context, tx *store.Tx) error { return tx.UpdateTask(ctx, &task) })
	got, err := b.Release(t.Context(), towpath.Actor{}, task.ID)
	if err != nil || got.State != towpath.TaskHeld || !got.WaitsForStart() || !got.Released {
		t.Errorf("%+v, %v", got, err)
	}
}
