package store_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"towpath"
	"towpath/internal/store"
)

// BenchmarkRetention measures the metadata of a server after 20,000 rollouts, without pruning and
// with the default retention.
func BenchmarkRetention(b *testing.B) {
	for range b.N {
		all, _ := grow(b, store.Retention{})
		pruned, took := grow(b, store.Retention{
			Rollouts: 1000, Statements: 90 * 24 * time.Hour,
			Schemas: 100,
		})
		fmt.Printf("bench: metadata-20000-rollouts %d MiB, %d MiB with everything kept, last prune %s\n",
			pruned>>20, all>>20, took.Round(time.Millisecond))
	}
}

// grow makes the rollouts of one link over years, and returns the size of the metadata in bytes.
func grow(b *testing.B, keep store.Retention) (size int64, took time.Duration) {
	b.Helper()
	path := filepath.Join(b.TempDir(), "towpath.db")
	s, err := store.Open(b.Context(), "sqlite:"+path)
	if err != nil {
		b.Fatal(err)
	}
	w := newWorld(b, s)
	write(b, s, func(ctx context.Context, tx *store.Tx) error {
		open := w.rollout
		open.FinishedAt = &tx.Now // so that others can be made
		return tx.UpdateRollout(ctx, &open)
	})
	// 10 KB
	schema := strings.Repeat("CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n", 150)
	for n := range 20_000 / 100 {
		write(b, s, func(ctx context.Context, tx *store.Tx) error {
			for i := range 100 {
				version := fmt.Sprint(n*100 + i)
				if _, err := addRollout(ctx, tx, w, version, towpath.TaskDone); err != nil {
					return err
				}
				if err := tx.PutContent(ctx, "schema after "+version, []byte(schema+version)); err != nil {
					return err
				}
			}
			return nil
		})
		if n%10 == 9 {
			// What is put counts as fresh for a day: here it is old at once.
			write(b, s,
				func(ctx context.Context,
					tx *store.Tx,
				) error {
					return tx.Exec(ctx, "UPDATE content SET put_at = 0")
				})
			began := time.Now()
			if err := s.Prune(b.Context(), keep); err != nil {
				b.Fatal(err)
			}
			took = time.Since(began)
		}
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	return info.Size(), took
}
