package sync_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"towpath"
	"towpath/internal/link/linktest"
	"towpath/internal/store"
	"towpath/internal/vcs"
)

// filesRead counts the files that were asked for.
func filesRead(b *linktest.World) (n int) {
	for _, r := range b.Sim.Requests() {
		if strings.Contains(r.Path, "/src/") && strings.HasSuffix(r.Path, ".sql") && r.Query == "" &&
			r.Status == 200 {
			n++
		}
	}
	return n
}

func TestReconcile_aLargeRepositoryIsReadInSeveralTries(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		files := map[string]string{}
		for n := range 100 {
			files[fmt.Sprintf("shop/%d__ddl__t.sql", n+1)] = fmt.Sprintf("CREATE TABLE t%d (x int);", n+1)
		}
		b.Commit(t, files)
		link := b.Linked(t)
		before := filesRead(b)
		_, err := b.Reconcile(t.Context(), link.ID)
		if vcs.KindOf(err) != vcs.RateLimited {
			t.Fatalf("error is %v, want the rate limit", err)
		}
		read := filesRead(b) - before
		st, err := b.LinkStatus(t.Context(), link.ID)
		if err != nil || st.Files != 100 || st.FilesRead != read ||
			st.WaitsFor.Code != towpath.ReasonReadingHalfway ||
			st.WaitsFor.Params["done"] != strconv.Itoa(read) || st.WaitsFor.Params["total"] != "100" {
			t.Errorf("%d files were read, status is %d of %d: %s, %v", read, st.FilesRead, st.Files,
				st.WaitsFor, err)
		}
		// The branch moves on meanwhile: one file that was read changes, one goes, one comes.
		if _, err := b.Sim.CommitQuiet(linktest.Repo, "main",
			map[string]string{"shop/101__ddl__t.sql": "CREATE TABLE t101 (x int);"}, "one more"); err != nil {
			t.Fatal(err)
		}
		b.Clock.Move(time.Hour + time.Minute)
		b.Reconciled(t, link.ID)
		if again := filesRead(b) - before; again != 101 {
			t.Errorf("%d files were asked for, want each of 101 once", again)
		}
		if tasks := b.Tasks(t, link.ID); len(tasks) != 202 ||
			!slices.Contains(tasks, "prod 101 apply pending") {
			t.Errorf("%d tasks, want 202: %q", len(tasks), tasks)
		}
		if st, err = b.LinkStatus(t.Context(), link.ID); err != nil || st.Files != 0 {
			t.Errorf("status is %d of %d, %v", st.FilesRead, st.Files, err)
		}
	})
}

func TestReconcile_aLinkThatChangesMeanwhileIsReadAgain(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		files := map[string]string{}
		for n := range 50 {
			files[fmt.Sprintf("shop/%d__ddl__t.sql", n+1)] = fmt.Sprintf("CREATE TABLE t%d (x int);", n+1)
		}
		files["new/1__ddl__t.sql"] = "CREATE TABLE t (x int);"
		b.Commit(t, files)
		link := b.Linked(t)
		var once sync.Once
		b.Asked = func(r *http.Request) {
			if strings.Contains(r.URL.Path, "/src/") {
				once.Do(func() {
					b.Write(t, func(ctx context.Context, tx *store.Tx) error {
						now, err := tx.Link(ctx, link.ID)
						now.FilePathTemplate = "new/{{VERSION}}__{{TYPE}}__{{DESCRIPTION}}.sql"
						return errors.Join(err, tx.UpdateLink(ctx, &now))
					})
				})
			}
		}
		for range 3 {
			_, _ = b.Reconcile(t.Context(), link.ID) // the first one meets the change
		}
		if tasks := b.Tasks(t, link.ID); len(tasks) != 2 {
			t.Errorf("%d tasks: %q, want those of one file", len(tasks), tasks)
		}
	})
}
