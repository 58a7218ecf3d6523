package executor_test

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

// endless runs until it is stopped.
const endless = "INSERT INTO a WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i " +
	"FROM n WHERE i = 0;"

func TestRunTask_limitsComeFromTheFileUnderTheEnvironments(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		environment, maximum, project time.Duration
		file, want                    string
	}{
		"the environment's": {environment: 31 * time.Millisecond, want: "31ms"},
		"the project's":     {environment: time.Hour, project: 32 * time.Millisecond, want: "32ms"},
		"the file's": {
			project: time.Hour, file: "-- towpath: statement-timeout=33ms\n",
			want: "33ms",
		},
		"the environment's maximum": {
			maximum: 34 * time.Millisecond,
			file:    "-- towpath: statement-timeout=1h\n", want: "34ms",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.write(t, func(ctx context.Context, tx *store.Tx) error {
				e, err := tx.Environment(ctx, b.database.EnvironmentID)
				if err != nil {
					return err
				}
				e.StatementTimeout, e.MaxStatementTimeout = c.environment, c.maximum
				if err := tx.UpdateEnvironment(ctx, &e); err != nil {
					return err
				}
				p, err := tx.Project(ctx, b.database.ProjectID)
				if err != nil {
					return err
				}
				p.StatementTimeout = c.project
				return tx.UpdateProject(ctx, &p)
			})
			task := b.want(t, b.task(t, "1", c.file+"CREATE TABLE a (x);\n"+endless).ID, towpath.TaskFailed)
			if !strings.Contains(wording.Text(task.Reason), "did not end within "+c.want) {
				t.Errorf("reason is %q, want %s", task.Reason, c.want)
			}
		})
	}
}

func TestRunTask_directivesThatAreWrongRunNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.want(t, b.task(t, "1", "-- towpath: no-transactions\nCREATE TABLE a (x);").ID,
		towpath.TaskFailed)
	if !strings.HasPrefix(wording.Text(task.Reason), "1.sql:1:13: There is no directive") ||
		b.query(t, tables) != "" {
		t.Errorf("reason is %q", task.Reason)
	}
}

func TestRunTask_withoutATransactionGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	b := setup(t)
	const head = "-- towpath: no-transaction\nCREATE TABLE a (x);\nINSERT INTO a VALUES (1);\n"
	task := b.task(t, "1", head+"INSERT INTO b VALUES (1);")
	b.want(t, task.ID, towpath.TaskFailed)
	fixed := b.migration("1", head+"INSERT INTO a VALUES (2);")
	b.write(t, func(ctx context.Context, tx *store.Tx) error {
		return tx.PutContent(ctx, fixed.Checksum, []byte(head+"INSERT INTO a VALUES (2);"))
	})
	b.set(t, task.ID, func(t *towpath.Task) { t.State, t.Migration = towpath.TaskPending, fixed })
	b.want(t, task.ID, towpath.TaskDone)
	if got := b.query(t, "SELECT group_concat(x) FROM a"); got != "1,2" {
		t.Errorf("rows are %s, want those of the first attempt once, and the fixed one", got)
	}
}

func TestRunTask_canBeCancelled(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.task(t, "1", "CREATE TABLE a (x);\n"+endless)
	ended := make(chan error)
	go func() {
		_, err := b.RunTask(context.Background(), task.ID)
		ended <- err
	}()
	b.until(t, task.ID, func(t towpath.Task) bool { return t.Finished == 1 })
	decisions := &rollout.Service{Store: b.Store}
	if _, err := decisions.Cancel(t.Context(), towpath.Actor{}, task.ID); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	got, _, _ := b.read(t, task.ID)
	b.write(t, func(ctx context.Context, tx *store.Tx) error {
		attempts, err := tx.Attempts(ctx, task.ID)
		if err != nil {
			return err
		}
		logs, err := tx.Statements(ctx, attempts[0].ID, 0, 10)
		if len(logs) != 2 || logs[0].State != towpath.StatementRolledBack ||
			logs[1].Error != "The task was cancelled." {
			t.Errorf("log is %+v", logs)
		}
		if got := wording.InDatabase(attempts[0]); got != "Nothing of this file is in the database." {
			t.Errorf("it says %q", got)
		}
		return err
	})
	if got.State != towpath.TaskFailed || got.Reason.Code != towpath.ReasonCancelled || got.CancelAt != nil ||
		b.query(t, tables) != "" {
		t.Errorf("task is %+v", got)
	}
	if _, err := decisions.Cancel(t.Context(), towpath.Actor{},
		task.ID); towpath.ErrorCode(err) != towpath.CodeConflict {
		t.Errorf("cancelling what does not run: %v", err)
	}
}
