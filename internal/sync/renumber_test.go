package sync_test

import (
	"net/http"
	"strings"
	"testing"

	"towpath"
	"towpath/internal/link/linktest"
	"towpath/internal/store"
	syncs "towpath/internal/sync"
)

func renumbered(r syncs.Renumbering) string {
	var moves []string
	for _, f := range r.Files {
		moves = append(moves, f.From+">"+f.To)
	}
	return strings.Join(moves, " ")
}

// textOf returns the checksum of a branch's file.
func textOf(t *testing.T, b *linktest.World, reviewID, path string) (checksum string) {
	t.Helper()
	err := b.Store.Read(t.Context(), func(tx *store.Tx) error {
		files, err := tx.BranchFiles(t.Context(), reviewID)
		for _, f := range files {
			if f.Path == path {
				checksum = f.Checksum
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return checksum
}

func wantCode(t *testing.T, err error, want towpath.Code) {
	t.Helper()
	if towpath.ErrorCode(err) != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

func TestRenumber(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Commit(t, map[string]string{"shop/1__ddl__a.sql": "A", "shop/7__ddl__b.sql": "B"})
		link := b.Linked(t)
		b.Reconciled(t, link.ID)
		const branch = "feature/größe"
		pushTo(t, b, branch, map[string]string{
			"shop/3__ddl__maß \"x\".sql": "C\r\n", "shop/notes.txt": "stays",
		})
		r := readBranches(t, b, link.ID)[branch]
		const move = `shop/3__ddl__maß "x".sql>shop/8__ddl__maß "x".sql`
		if seen, err := b.Renumbering(t.Context(), link.ID, branch); err != nil || renumbered(seen) != move ||
			seen.Commit != "" {
			t.Errorf("it would do %+v %v", seen, err)
		}
		before := textOf(t, b, r.ID, `shop/3__ddl__maß "x".sql`)
		pushed := ""
		b.Answers = func(w http.ResponseWriter, req *http.Request) {
			if req.Method == http.MethodPost && strings.HasSuffix(req.URL.Path, "/src") && pushed == "" {
				pushed = pushTo(t, b, branch, map[string]string{"shop/2__ddl__late.sql": "D"})
			}
			b.Sim.ServeHTTP(w, req)
		}
		done, err := b.Renumber(t.Context(), b.Actor, link.ID, r.ID)
		b.Answers = nil
		if err != nil || done.Commit == "" || pushed == "" ||
			renumbered(done) != `shop/2__ddl__late.sql>shop/8__ddl__late.sql `+
				`shop/3__ddl__maß "x".sql>shop/9__ddl__maß "x".sql` {
			t.Fatalf("after a push meanwhile: %+v %v", done, err)
		}
		if r = readBranches(t, b, link.ID)[branch]; r.ReadHead != done.Commit ||
			branchPaths(t, b, r.ID) != `shop/8__ddl__late.sql shop/9__ddl__maß "x".sql` {
			t.Errorf("the branch has %s", branchPaths(t, b, r.ID))
		}
		if after := textOf(t, b, r.ID, `shop/9__ddl__maß "x".sql`); after != before || after == "" {
			t.Errorf("the text was %q and is %q", before, after)
		}
		if again, err := b.Renumber(t.Context(), b.Actor, link.ID, branch); err != nil || len(again.Files) > 0 ||
			again.Commit != "" {
			t.Errorf("the second one: %+v %v", again, err)
		}
		// an older number again, while the link's branch goes on
		pushTo(t, b, branch, map[string]string{"shop/4__ddl__e.sql": "E"})
		b.Commit(t, map[string]string{"shop/20__ddl__f.sql": "F"})
		_, err = b.Renumber(t.Context(), b.Actor, link.ID, branch)
		wantCode(t, err, towpath.CodeConflict)
		_, err = b.Renumber(t.Context(), b.Actor, link.ID, "nowhere")
		wantCode(t, err, towpath.CodeNotFound)
		b.Reconciled(t, link.ID)
		if err := b.Sim.DeleteBranch(linktest.Repo, branch); err != nil {
			t.Fatal(err)
		}
		_, err = b.Renumber(t.Context(), b.Actor, link.ID, branch)
		wantCode(t, err, towpath.CodeConflict)
		var acts int
		err = b.Store.Read(t.Context(), func(tx *store.Tx) error {
			events, err := tx.Acts(t.Context(), store.ActFilter{ProjectID: b.Project}, store.Page{Limit: 50})
			for _, e := range events {
				if e.Kind == towpath.ActBranchRenumber {
					acts++
				}
			}
			return err
		})
		if err != nil || acts != 1 {
			t.Errorf("%d acts, %v", acts, err)
		}
	})
}
