package sync_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"towpath"
	links "towpath/internal/link"
	"towpath/internal/link/linktest"
	"towpath/internal/store"
	"towpath/internal/wording"
)

// shows waits until a link's status shows what is wanted.
func shows(
	t *testing.T, b *linktest.World, linkID, what string, ok func(links.Status) bool,
) links.Status {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		st, err := b.LinkStatus(t.Context(), linkID)
		if err == nil && ok(st) {
			return st
		}
		if time.Now().After(deadline) {
			t.Fatalf("want %s: %+v, %q, %v", what, st.Progress, st.WaitsFor, err)
		}
	}
}

// The far side takes a request and sends nothing: the first file, a later one, or the listing
// before any file.
func TestReconcile_showsItsProgress(t *testing.T) {
	for what, c := range map[string]struct {
		stalls func(*http.Request) bool
		files  int
		done   int
		says   string
	}{
		"the only file": {func(r *http.Request) bool {
			return strings.HasSuffix(r.URL.Path,
				"/1__ddl__t.sql")
		}, 1, 0, "Reading 0 of 1 file since "},
		"one of 30": {func(r *http.Request) bool {
			return strings.HasSuffix(r.URL.Path,
				"/30__ddl__t.sql")
		}, 30, 29, "Reading 29 of 30 files since "},
		"before a file": {func(r *http.Request) bool {
			return strings.HasSuffix(r.URL.Path,
				"/git-upload-pack")
		}, 3, 0, "Reading the repository since "},
		"it ends badly": {func(r *http.Request) bool {
			return strings.HasSuffix(r.URL.Path,
				"/2__ddl__t.sql")
		}, 2, 1, "Reading 1 of 2 files since "},
		"it is unlinked": {func(r *http.Request) bool {
			return strings.HasSuffix(r.URL.Path,
				"/1__ddl__t.sql")
		}, 1, 0, "Reading 0 of 1 file since "},
	} {
		t.Run(what, func(t *testing.T) {
			linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
				b.Commit(t, map[string]string{"README.md": "0"})
				link := b.Linked(t)
				b.Reconciled(t, link.ID)
				files := map[string]string{}
				for n := range c.files {
					files[fmt.Sprintf("shop/%d__ddl__t.sql", n+1)] = fmt.Sprintf("CREATE TABLE t%d (x int);",
						n+1)
				}
				b.Commit(t, files)
				open := make(chan struct{})
				b.Asked = func(r *http.Request) {
					if c.stalls(r) {
						<-open
					}
				}
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				ended := make(chan error)
				before := b.Clock.Now()
				go func() {
					_, err := b.Reconcile(ctx, link.ID)
					ended <- err
				}()
				st := shows(t, b, link.ID, c.says, func(st links.Status) bool {
					return st.Progress != nil && st.Progress.Done == c.done &&
						strings.HasPrefix(wording.Text(st.WaitsFor), c.says)
				})
				if since := st.Progress.Since; since.Before(before.Truncate(time.Microsecond)) ||
					since.After(b.Clock.Now()) {
					t.Errorf("it reads since %s, and began after %s", since, before)
				}
				switch what {
				case "it ends badly":
					cancel()
				case "it is unlinked":
					b.Write(t,
						func(ctx context.Context, tx *store.Tx) error { return tx.DeleteLink(ctx, link.ID) })
				}
				close(open)
				err := <-ended
				if what == "it is unlinked" {
					return
				}
				if (err != nil) != (what == "it ends badly") {
					t.Error(err)
				}
				if st, err := b.LinkStatus(t.Context(), link.ID); err != nil || st.Progress != nil ||
					st.WaitsFor.Code == towpath.ReasonReading ||
					st.WaitsFor.Code == towpath.ReasonReadingFiles {
					t.Errorf("afterwards it shows %+v %q, %v", st.Progress, st.WaitsFor, err)
				}
			})
		})
	}
}

func TestReconcile_forgetsTheProgressOfADeadProcess(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Commit(t, map[string]string{"README.md": "0"})
		link := b.Linked(t)
		show := func() {
			b.Write(t, func(ctx context.Context, tx *store.Tx) error {
				return tx.ShowProgress(ctx, towpath.Progress{
					LinkID: link.ID,
					Since:  tx.Now,
					Done:   1,
					Total:  3,
				})
			})
			shows(t, b, link.ID, "a reading", func(st links.Status) bool { return st.Progress != nil })
		}
		show()
		b.Clock.Move(11 * time.Second)
		if st, err := b.LinkStatus(t.Context(), link.ID); err != nil || st.Progress != nil {
			t.Errorf("what nobody confirms is shown: %+v, %v", st.Progress, err)
		}
		show()
		if err := b.WakeAll(t.Context()); err != nil {
			t.Fatal(err)
		}
		if st, err := b.LinkStatus(t.Context(), link.ID); err != nil || st.Progress != nil {
			t.Errorf("after a start it shows %+v, %v", st.Progress, err)
		}
	})
}
