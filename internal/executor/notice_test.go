package executor_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/engine/sqlite"
	"towpath/internal/statement"
	"towpath/internal/store"
	"towpath/internal/wording"
)

// talking is SQLite with a notice about every statement.
type talking struct {
	*sqlite.Engine
	say func(text string) towpath.Notices
}

type talkingDB struct {
	engine.DB
	say func(text string) towpath.Notices
}

type talkingSession struct {
	engine.Session
	say  func(text string) towpath.Notices
	last string
}

func (e talking) Open(ctx context.Context, t engine.Target) (engine.DB, error) {
	db, err := e.Engine.Open(ctx, t)
	return talkingDB{db, e.say}, err
}

func (d talkingDB) Begin(ctx context.Context, o engine.SessionOptions) (engine.Session, error) {
	s, err := d.DB.Begin(ctx, o)
	if err != nil {
		return nil, err
	}
	return &talkingSession{Session: s, say: d.say}, nil
}

func (s *talkingSession) Exec(ctx context.Context, st statement.Statement) (int64, error) {
	s.last = st.Text
	return s.Session.Exec(ctx, st)
}

func (s *talkingSession) Notices() towpath.Notices { return s.say(s.last) }

// statements lists the log of the last attempt.
func (b *bundle) statements(t *testing.T, taskID string) (logs []towpath.StatementLog) {
	t.Helper()
	err := b.Store.Read(t.Context(), func(tx *store.Tx) error {
		attempts, err := tx.Attempts(t.Context(), taskID)
		if err != nil {
			return err
		}
		logs, err = tx.Statements(t.Context(), attempts[len(attempts)-1].ID, 0, 1000)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return logs
}

func TestRunTask_keepsNotices(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.write(t, func(ctx context.Context, tx *store.Tx) error {
		i, err := tx.Instance(ctx, b.database.InstanceID)
		i.EncryptedPassword = b.Keyring.Encrypt([]byte("hunter22"), "instance/"+i.ID+"/password")
		return errors.Join(err, tx.UpdateInstance(ctx, &i))
	})
	b.Engines[towpath.EngineSQLite] = talking{
		sqlite.New(sqlite.Config{Root: b.folder}),
		func(text string) (n towpath.Notices) {
			n.Add("warning", "about hunter22: "+text)
			n.More = 7
			return n
		},
	}
	task := b.task(t, "1", "CREATE TABLE \"ü\" (x);\nINSERT INTO nowhere VALUES (1);")
	failed := b.want(t, task.ID, towpath.TaskFailed)
	logs := b.statements(t, task.ID)
	if len(logs) != 2 {
		t.Fatalf("logs are %+v", logs)
	}
	for i, word := range []string{"CREATE TABLE \"ü\"", "INSERT INTO nowhere"} {
		n := logs[i].Notices
		if len(n.Kept) != 1 || n.More != 7 || n.Kept[0].Level != "warning" ||
			!strings.HasPrefix(n.Kept[0].Text, "about …: "+word) {
			t.Errorf("notices of statement %d are %+v", i, n)
		}
	}
	if strings.Contains(wording.Text(failed.Reason), "about") {
		t.Errorf("the reason, which goes to the Git provider, holds a notice: %s", failed.Reason)
	}
}

func TestRunTask_saysWhatWasNotCompared(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.Engines[towpath.EngineSQLite] = talking{
		sqlite.New(sqlite.Config{Root: b.folder}),
		func(text string) (n towpath.Notices) {
			if strings.HasPrefix(text, "CREATE") {
				n.Begin(towpath.NoticeUncompared, "The table was there already.")
			}
			return n
		},
	}
	done := b.want(t, b.task(t, "1", "SELECT 1;\n\nCREATE TABLE a (x);").ID, towpath.TaskDone)
	if got, want := wording.Text(done.Reason), "It is done, and somebody should look: Line 3: The table "+
		"was there already."; got != want {
		t.Errorf("the reason is %q", got)
	}
	if !done.Error.IsZero() {
		t.Errorf("it has an error: %s", done.Error)
	}
	failed := b.want(t, b.task(t, "2", "CREATE TABLE b (x); CREATE TABLE a (x);").ID, towpath.TaskFailed)
	if failed.Reason.Code != towpath.ReasonStatementFailed {
		t.Errorf("the reason of a failure is %s", failed.Reason)
	}
}

func TestRunTask_boundsTheNoticesOfAnAttempt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.Engines[towpath.EngineSQLite] = talking{
		sqlite.New(sqlite.Config{Root: b.folder}),
		func(string) (n towpath.Notices) {
			for i := range 25 {
				n.Add("notice", fmt.Sprint("line ", i))
			}
			return n
		},
	}
	task := b.task(t, "1", strings.Repeat("SELECT 1;\n", 60))
	b.want(t, task.ID, towpath.TaskDone)
	kept, more := 0, 0
	for _, l := range b.statements(t, task.ID) {
		kept, more = kept+len(l.Notices.Kept), more+l.Notices.More
	}
	if kept != 1000 || more != 500 {
		t.Errorf("%d are kept, %d counted", kept, more)
	}
}
