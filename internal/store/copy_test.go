package store_test

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"towpath"
	"towpath/internal/store"
)

// fillTables puts at least one row into every table.
func fillTables(t *testing.T, s *store.Store) {
	t.Helper()
	w := newWorld(t, s)
	if _, _, err := s.KeepContent(t.Context(), strings.NewReader("SELECT 1;\n")); err != nil {
		t.Fatal(err)
	}
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		task := w.newTask("1", towpath.TaskDone)
		verification := towpath.Verification{
			ID:        store.NewID(),
			Purpose:   towpath.PurposeGrant,
			State:     towpath.VerificationPending,
			StateHash: []byte{1},
			Scopes:    []string{"account"},
		}
		delivery := towpath.Delivery{
			LinkID:    w.link.ID,
			RequestID: "r",
			Verdict:   towpath.DeliveryIgnored,
			Payload:   []byte{0, 1, 255},
		}
		change := towpath.ChangeHistory{
			DatabaseID: w.database.ID,
			Migration:  migration("1"),
			State:      towpath.LedgerDone,
			StartedAt:  tx.Now,
		}
		act := towpath.Actor{}.Did(towpath.ActLedgerAccept, "", "", "instance", "☃", "database", "☃")
		act.Causes = []towpath.Reason{towpath.Why(towpath.ReasonNoted, "text", "☃")}
		tx.Emit(act)
		receiver := towpath.Receiver{Name: "☃", Events: []towpath.NotificationEvent{towpath.NotifyDone}}
		receiverErr := tx.CreateReceiver(ctx, &receiver)
		invitation := towpath.Credential{
			Kind: towpath.CredentialInvitation, MemberID: w.member.ID, Hash: []byte("an invitation"),
		}
		invitationErr := tx.CreateCredential(ctx, &invitation)
		steps := []error{
			tx.SetMeta(ctx, "key-proof", []byte{0, 255, 7}),
			tx.CreateCredential(ctx, &towpath.Credential{
				Kind:     towpath.CredentialSession,
				MemberID: w.member.ID, Hash: []byte("h"),
			}),
			tx.SetProjectMember(ctx, towpath.ProjectMember{
				ProjectID: w.project.ID, MemberID: w.member.ID,
				Role: towpath.ProjectOwner,
			}),
			tx.PutBaselines(ctx, towpath.LinkBaseline{
				LinkID: w.link.ID, DatabaseID: w.database.ID,
				Version: "1",
			}),
			tx.NoteLedger(ctx, w.database.ID, w.entry("1")),
			tx.PutSchemaWatch(ctx, towpath.SchemaWatch{
				SchemaCheck: towpath.SchemaCheck{DatabaseID: w.database.ID, Base: "☃"},
				Drifts:      []towpath.Drift{{DatabaseID: w.database.ID, Why: "☃"}},
			}),
			tx.CreateVerification(ctx, &verification),
			tx.CreateTask(ctx, &task),
			tx.AddHistory(ctx, &change),
			tx.SetPostedStatus(ctx, w.link.ID, "c", "k", "d"),
			tx.AddNote(ctx, w.link.ID, "c", "a.SQL", towpath.Why(towpath.ReasonNotTaken)),
			tx.PutCommits(ctx, w.link.ID, towpath.Commit{Hash: "c", Author: "Ada"}),
			tx.AddFileCommits(ctx, w.link.ID, map[string][]string{"a.SQL": {"c"}}),
			tx.CreateApproval(ctx, &towpath.Approval{LinkID: w.link.ID, Why: "☃"}),
			tx.CreateStageStart(ctx, &towpath.StageStart{LinkID: w.link.ID}),
			tx.PutPullReading(ctx, towpath.PullReading{
				RolloutID: w.rollout.ID, LinkID: w.link.ID, At: &tx.Now,
				Doubts: []towpath.Reason{towpath.Why(towpath.ReasonPullNone, "n", "☃")},
			}),
			invitationErr,
			tx.CreateInvitationMail(ctx, &towpath.InvitationMail{ID: invitation.ID, InvitedBy: "☃"}),
			receiverErr,
			tx.CreateNotification(ctx, &towpath.Notification{ReceiverID: receiver.ID, ProjectID: "☃"}),
			tx.PutOccasions(ctx, towpath.Occasion{LinkID: w.link.ID, Event: "☃"}),
			tx.PutApprovalHook(ctx, towpath.ApprovalHook{EnvironmentID: w.environment.ID, EncryptedSecret: []byte{1}}),
			tx.WantApproval(ctx, w.environment.ID, "r", "☃"),
			tx.CreateSecondLook(ctx, towpath.SecondLook{ID: "start", ProjectID: w.project.ID, Note: "☃"}),
			tx.PutSchedule(ctx, &towpath.Schedule{LinkID: w.link.ID}),
			tx.CreatePause(ctx, &towpath.Pause{Scope: towpath.PauseAll, Why: "☃"}),
			tx.Enqueue(ctx, towpath.JobReconcile, w.link.ID),
			tx.PutHookRemoval(ctx, towpath.HookRemoval{
				ID:        w.link.ID,
				ProjectID: w.project.ID,
				HookKey:   "k",
				Since:     tx.Now,
			}, tx.Now),
			tx.ShowProgress(ctx, towpath.Progress{LinkID: w.link.ID, Since: tx.Now, Total: 3}),
			tx.SetReading(ctx, towpath.Reading{
				LinkID:  w.link.ID,
				Commit:  "c",
				Removed: []string{"old"},
				Files:   []towpath.ManifestFile{w.file("new")},
			}),
		}
		for i := range 100 { // more than one batch
			steps = append(steps, tx.PutManifestFile(ctx, w.file(fmt.Sprint("f", i))),
				tx.PutContent(ctx, fmt.Sprint("sum", i), []byte{byte(i)}),
				tx.PutVerdicts(ctx, store.Verdict{
					Checksum: fmt.Sprint("sum", i),
					Engine:   towpath.EngineSQLite,
					Rules:    "1",
					Refusal:  towpath.Why(towpath.ReasonInLFS),
				}))
		}
		attempt := towpath.Attempt{TaskID: task.ID, Number: 1, State: towpath.TaskDone, StartedAt: tx.Now}
		_, err := tx.ReceiveDelivery(ctx, &delivery)
		steps = append(steps, err, tx.WantReview(ctx, w.rollout))
		_, err = tx.SetReview(ctx, towpath.Review{
			RolloutID: w.rollout.ID, Generation: 1, State: towpath.ReviewDone, Files: make([]towpath.ReviewedFile, 2),
		})
		branch := towpath.BranchReview{LinkID: w.link.ID, Branch: "feature/x", WantedAt: tx.Now}
		steps = append(steps, err, tx.CreateBranchReview(ctx, &branch),
			tx.SetBranchFiles(ctx, branch.ID, []towpath.BranchFile{{ManifestFile: w.file("new")}}),
			tx.SetBranchFindings(ctx, branch.ID, make([]towpath.ReviewedFile, 2)),
			tx.SetBranchRehearsals(ctx, branch.ID, make([]towpath.BranchRehearsal, 2)))
		_, err = tx.SetPolicyFile(ctx, towpath.PolicyFile{LinkID: w.link.ID, Path: towpath.PolicyFileName})
		steps = append(steps, err, tx.CreateAttempt(ctx, &attempt),
			tx.AddStatements(ctx, attempt.ID, []towpath.StatementLog{{Duration: time.Second}}))
		for _, err := range steps {
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func allRows(t *testing.T, s *store.Store) map[string]any {
	t.Helper()
	rows := map[string]any{}
	read(t, s, func(ctx context.Context, tx *store.Tx) error {
		for _, p := range store.Probes() {
			list, err := p.Rows(ctx, tx)
			if err != nil {
				return err
			}
			rows[p.Title()] = list
		}
		return nil
	})
	return rows
}

func TestCopy_copiesEveryRow(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ from, to func(testing.TB) string }{
		"sqlite to postgres": {newSQLite, newPostgres}, "postgres to sqlite": {newPostgres, newSQLite},
		"postgres to postgres": {newPostgres, newPostgres},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			from, to := open(t, c.from(t)), open(t, c.to(t))
			fillTables(t, from)
			copied, err := store.Copy(t.Context(), from, to)
			if err != nil {
				t.Fatal(err)
			}
			want := allRows(t, from)
			if diff := cmp.Diff(want, allRows(t, to)); diff != "" {
				t.Errorf("(-from +to)\n%s", diff)
			}
			if len(copied) != len(want) {
				t.Errorf("%d tables copied, want %d", len(copied), len(want))
			}
			for _, c := range copied {
				if n := reflect.ValueOf(want[c.Table]).Len(); c.Rows != n || n == 0 {
					t.Errorf("%s: says %d rows, has %d, want some", c.Table, c.Rows, n)
				}
			}
		})
	}
}

func TestCopy_knowsEveryTable(t *testing.T) {
	t.Parallel()
	s := open(t, newSQLite(t))
	known := map[string]bool{"goose_db_version": true, "sqlite_sequence": true}
	for _, p := range store.Probes() {
		known[p.Title()] = true
	}
	read(t, s, func(ctx context.Context, tx *store.Tx) error {
		rows, err := tx.Query(ctx, "SELECT name FROM sqlite_schema WHERE type = 'table'")
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // rows.Err returns the error that matters
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				return err
			}
			if !known[name] {
				t.Errorf("table %s would not be copied", name)
			}
		}
		return rows.Err()
	})
}

func TestCopy_refusesATargetWithRows(t *testing.T) {
	t.Parallel()
	from, to := open(t, newSQLite(t)), open(t, newPostgres(t))
	fillTables(t, from)
	write(t, to, func(ctx context.Context, tx *store.Tx) error {
		return tx.CreateProject(ctx, &towpath.Project{Name: "Other"})
	})
	_, err := store.Copy(t.Context(), from, to)
	if towpath.ErrorCode(err) != towpath.CodeConflict || !strings.Contains(err.Error(), "project") {
		t.Errorf("got %v, want words", err)
	}
	read(t, to, func(ctx context.Context, tx *store.Tx) error {
		if n, err := count(tx.Members(ctx, store.Page{})); n != 0 || err != nil {
			t.Errorf("%d members came all the same (%v)", n, err)
		}
		return nil
	})
}

func TestCopy_leavesNothingOfAFailure(t *testing.T) {
	t.Parallel()
	from, to := open(t, newSQLite(t)), open(t, newPostgres(t))
	fillTables(t, from)
	write(t, to, func(ctx context.Context, tx *store.Tx) error {
		return tx.Exec(ctx, "ALTER TABLE job ADD CONSTRAINT no CHECK (subject = '')") // the last table
	})
	if _, err := store.Copy(t.Context(), from, to); err == nil {
		t.Fatal("copied what the target refuses")
	}
	for table, rows := range allRows(t, to) {
		if n := reflect.ValueOf(rows).Len(); n != 0 {
			t.Errorf("%d rows are left in %s", n, table)
		}
	}
}
