package receipt_test

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"towpath"
	"towpath/internal/receipt"
	"towpath/internal/secret"
	"towpath/internal/store"
)

func setup(t *testing.T) *receipt.Service {
	t.Helper()
	dir := t.TempDir()
	st, err := store.Open(t.Context(), "sqlite:"+filepath.Join(dir, "metadata.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	keyring, err := secret.Open(filepath.Join(dir, "key"))
	if err != nil {
		t.Fatal(err)
	}
	return &receipt.Service{Store: st, Keyring: keyring, ExternalURL: "https://towpath.example.com", Version: "1"}
}

// rollout makes a rollout of one task whose outcome is unknown.
func rollout(t *testing.T, s *receipt.Service) (r towpath.Rollout) {
	t.Helper()
	err := s.Store.Write(t.Context(), func(tx *store.Tx) error {
		p := towpath.Project{Name: "Läden"}
		if err := tx.CreateProject(t.Context(), &p); err != nil {
			return err
		}
		e := towpath.Environment{Name: "select"}
		if err := tx.CreateEnvironment(t.Context(), &e); err != nil {
			return err
		}
		i := towpath.Instance{Name: "main", Engine: towpath.EngineSQLite, EnvironmentID: e.ID}
		if err := tx.CreateInstance(t.Context(), &i); err != nil {
			return err
		}
		d := towpath.Database{InstanceID: i.ID, EnvironmentID: e.ID, Name: "order", ProjectID: p.ID}
		if err := tx.CreateDatabase(t.Context(), &d); err != nil {
			return err
		}
		r = towpath.Rollout{
			ProjectID: p.ID, LinkID: "gone", Commit: strings.Repeat("a", 40), State: towpath.RolloutRunning,
		}
		if err := tx.CreateRollout(t.Context(), &r); err != nil {
			return err
		}
		k := towpath.Task{
			RolloutID: r.ID, ProjectID: p.ID, DatabaseID: d.ID, EnvironmentID: e.ID,
			Action: towpath.ActionApply, State: towpath.TaskUnknown,
			Reason: towpath.Why("x", "text", "a row with data"),
		}
		k.Version, k.Type, k.Path, k.Checksum = "1", towpath.TypeDDL, "1__ddl__größe.sql", "c"
		if err := tx.CreateTask(t.Context(), &k); err != nil {
			return err
		}
		a := towpath.Attempt{TaskID: k.ID, Number: 1, State: towpath.TaskUnknown, Total: 3, StartedAt: tx.Now}
		if err := tx.CreateAttempt(t.Context(), &a); err != nil {
			return err
		}
		return tx.AddStatements(t.Context(), a.ID, []towpath.StatementLog{
			{
				Summary: "CREATE TABLE größe", State: towpath.StatementDone, Duration: 2 * time.Second,
				StartedAt: &tx.Now,
			},
			{Index: 1, Summary: "DROP TABLE x", State: towpath.StatementUnknown, Error: "a row with data"},
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestIssue_waitsForTheEndAndKeepsTheUnknown(t *testing.T) {
	t.Parallel()
	s := setup(t)
	r := rollout(t, s)
	_, err := s.Issue(t.Context(), towpath.Actor{}, r.ID)
	if towpath.ErrorCode(err) != towpath.CodeConflict {
		t.Fatalf("a receipt of a rollout that runs: %v", err)
	}
	err = s.Store.Write(t.Context(), func(tx *store.Tx) error {
		at := tx.Now
		r.State, r.FinishedAt, r.SupersededBy = towpath.RolloutFailed, &at, "another"
		return tx.UpdateRollout(t.Context(), &r)
	})
	if err != nil {
		t.Fatal(err)
	}
	file, err := s.Issue(t.Context(), towpath.Actor{}, r.ID)
	if err != nil {
		t.Fatal(err)
	}
	o, err := receipt.Open(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	task := o.Databases[0].Tasks[0]
	if task.State != towpath.TaskUnknown || task.Before != "" || task.After != "" ||
		task.Attempts[0].State != towpath.TaskUnknown || task.Attempts[0].MoreStatements != 1 ||
		task.Attempts[0].Statements[1].State != towpath.StatementUnknown ||
		task.Attempts[0].Statements[1].FinishedAt != nil ||
		task.Attempts[0].Statements[0].FinishedAt.Sub(*task.Attempts[0].Statements[0].StartedAt) != 2*time.Second {
		t.Errorf("the task is %+v", task)
	}
	if o.Issue.Audit.Number == 0 || o.Rollout.Project != "Läden" || o.Rollout.Repository != "" {
		t.Errorf("the receipt is %+v", o.Receipt)
	}
	if bytes.Contains(o.Payload, []byte("a row with data")) {
		t.Error("the receipt has what a database said")
	}
}

func TestKeys_areMadeOnceAndKeptEncrypted(t *testing.T) {
	t.Parallel()
	s := setup(t)
	ids := make([]string, 4)
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() {
			keys, err := s.Keys(t.Context(), towpath.Actor{})
			if err != nil || len(keys) != 1 {
				t.Errorf("Keys = %v, %v", keys, err)
				return
			}
			ids[i] = receipt.Fingerprint(keys[0].PublicKey)
		})
	}
	wg.Wait()
	for _, id := range ids {
		if id == "" || id != ids[0] {
			t.Fatalf("requests that come at once have the keys %q", ids)
		}
	}
	keys, err := s.Rotate(t.Context(), towpath.Actor{})
	if err != nil || len(keys) != 2 || keys[0].Current || !keys[1].Current ||
		receipt.Fingerprint(keys[0].PublicKey) != ids[0] {
		t.Errorf("Rotate = %v, %v", keys, err)
	}
	value, err := store.Get(t.Context(), s.Store, func(tx *store.Tx, ctx context.Context, key string) ([]byte, error) {
		return tx.Meta(ctx, key)
	}, "receipt-keys")
	if err != nil || len(value) == 0 || bytes.Contains(value, []byte("seed")) {
		t.Errorf("the stored keys are %q, %v", value, err)
	}
	for len(keys) < 50 {
		if keys, err = s.Rotate(t.Context(), towpath.Actor{}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Rotate(t.Context(), towpath.Actor{}); towpath.ErrorCode(err) != towpath.CodeConflict {
		t.Errorf("too many keys: %v", err)
	}
}
