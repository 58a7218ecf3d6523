package sync_test

import (
	"context"
	"strings"
	"testing"

	"towpath/internal/link/linktest"

	"towpath"
	"towpath/internal/store"
)

func TestReconcile_keepsLongFilesAndRefusesTooLongOnes(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Files.MaxFileSize = 3 << 20
		long := strings.Repeat("INSERT INTO a VALUES (1);\n", 3<<20/26)
		b.Commit(t, map[string]string{
			"shop/1__ddl__empty.sql": "", "shop/2__ddl__long.sql": long,
			"shop/3__ddl__longer.sql": long + long,
			"shop/4__ddl__lfs.sql":    "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n",
		})
		link := b.Linked(t)
		b.Reconciled(t, link.ID)
		b.Write(t, func(ctx context.Context, tx *store.Tx) error {
			files, err := tx.Manifest(ctx, link.ID)
			if err != nil {
				return err
			}
			for n, want := range []struct{ text, reason string }{
				{"", ""},
				{long, ""},
				{"", "over-limit limit=3 MiB size=6 MiB"},
				{"", "in-lfs"},
			} {
				f := files[n]
				if want.reason != "" {
					if f.State != towpath.FileMatched || f.Version == "" || f.Checksum != "" ||
						f.Reason.String() != want.reason {
						t.Errorf("%s is %s: %s", f.Path, f.State, f.Reason)
					}
					continue
				}
				text, err := tx.Content(ctx, f.Checksum)
				if err != nil {
					return err
				}
				if string(text) != want.text || f.Size != int64(len(want.text)) {
					t.Errorf("%s has %d bytes, %d kept, want %d", f.Path, f.Size, len(text), len(want.text))
				}
			}
			return nil
		})
	})
}
