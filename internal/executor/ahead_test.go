package executor

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"strings"
	"testing"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/engine/sqlite"
	"towpath/internal/store"
	"towpath/internal/store/storetest"
)

func TestAhead(t *testing.T) {
	t.Parallel()
	st, err := store.Open(t.Context(), storetest.SQLite(t, filepath.Join(t.TempDir(), "metadata.db")))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	attemptOf := func(script string) *attempt {
		sum := sha256.Sum256([]byte(script))
		a := &attempt{shared: &shared{store: st}}
		a.task.Action, a.task.Checksum = towpath.ActionApply, hex.EncodeToString(sum[:])
		err := st.Write(t.Context(), func(tx *store.Tx) error {
			return tx.PutContent(t.Context(), a.task.Checksum, []byte(script))
		})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	small := attemptOf("CREATE TABLE a (x);")
	large := attemptOf("CREATE TABLE b (x); -- " + strings.Repeat("x", maxAhead))
	refused := attemptOf("ATTACH 'other.db' AS other;")
	marker := attemptOf("SELECT 1;")
	marker.task.Action = towpath.ActionRecord
	for name, c := range map[string]struct {
		begun, taken *attempt
		read         bool
	}{
		"the next one":              {small, small, true},
		"one that was not the next": {small, refused, false},
		"a large text":              {large, large, false},
		"a text that must not run":  {refused, refused, false},
		"a task without a script":   {marker, marker, false},
		"none":                      {nil, small, false},
	} {
		var h ahead
		h.begin(context.Background(), c.begun, sqlite.New(sqlite.Config{Root: t.TempDir()}), engine.Target{})
		s := h.take(c.taken)
		if got := s != nil; got != c.read {
			t.Errorf("%s: read is %t, want %t", name, got, c.read)
		}
		if s != nil && s.statements != 1 {
			t.Errorf("%s: %d statements", name, s.statements)
		}
		h.wait()
	}
}
