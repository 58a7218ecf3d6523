package gitops_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"towpath"
	"towpath/internal/bitbucketsim"
	"towpath/internal/store"
)

// takeName makes another repository under the name of the linked one, by a stranger, with a history that a link would run.
func (b *bundle) takeName(t *testing.T, workspace, slug, branch string) {
	t.Helper()
	b.sim.AddWorkspace(workspace, workspace)
	if _, err := b.sim.AddRepository(bitbucketsim.RepositorySpec{Workspace: workspace, Slug: slug, MainBranch: branch}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.sim.CommitQuiet(workspace+"/"+slug, branch, map[string]string{"shop/9__ddl__strange.sql": "CREATE TABLE strange (id INT);"}, "strange"); err != nil {
		t.Fatal(err)
	}
}

// renames are the ways in which a repository comes to another full name.
var renames = map[string]struct {
	move func(s *bitbucketsim.Sim) error
	name string
}{
	"repository renamed": {func(s *bitbucketsim.Sim) error { return s.RenameRepository(repo, "shop.neu-2") }, "acme/shop.neu-2"},
	"transferred": {func(s *bitbucketsim.Sim) error {
		s.AddWorkspace("poetry", "Poetry")
		s.SetMember("poetry", "ada", "owner")
		return s.TransferRepository(repo, "poetry")
	}, "poetry/shop-db"},
	"workspace renamed": {func(s *bitbucketsim.Sim) error { return s.RenameWorkspace("acme", "acme-2") }, "acme-2/shop-db"},
}

func TestReconcile_followsTheRepositoryAndNeverTheName(t *testing.T) {
	strangers := map[string]func(t *testing.T, b *bundle){
		"nobody takes the name":                func(*testing.T, *bundle) {},
		"a stranger takes the name":            func(t *testing.T, b *bundle) { b.takeName(t, "acme", "shop-db", "main") },
		"a stranger without the branch":        func(t *testing.T, b *bundle) { b.takeName(t, "acme", "shop-db", "trunk") },
		"the name is refused":                  func(_ *testing.T, b *bundle) { b.gitRefuses = map[string]int{repo: http.StatusForbidden} },
		"the name asks for another's password": func(_ *testing.T, b *bundle) { b.gitRefuses = map[string]int{repo: http.StatusUnauthorized} },
	}
	for how, rename := range renames {
		for who, strange := range strangers {
			t.Run(how+", "+who, func(t *testing.T) {
				onBoth(t, func(t *testing.T, b *bundle) {
					b.commit(t, map[string]string{"shop/1__ddl__a.sql": "CREATE TABLE a (id INT);"})
					link := b.link(t)
					b.reconcile(t, link.ID)
					b.clock.move(30 * time.Second)
					b.reconcile(t, link.ID)
					if err := rename.move(b.sim); err != nil {
						t.Fatal(err)
					}
					strange(t, b)
					if _, err := b.sim.CommitQuiet(rename.name, "main", map[string]string{"shop/2__ddl__b.sql": "CREATE TABLE b (id INT);"}, "b"); err != nil {
						t.Fatal(err)
					}
					b.reconcile(t, link.ID)
					b.wantTasks(t, link.ID, "test 1 apply pending", "test 2 apply pending", "prod 1 apply pending", "prod 2 apply pending")
					b.wantName(t, link.ID, rename.name)
				})
			})
		}
	}
}

// wantName looks for a repository's name wherever a link shows one.
func (b *bundle) wantName(t *testing.T, linkID, name string) {
	t.Helper()
	err := b.Store.Read(t.Context(), func(tx *store.Tx) error {
		link, err := tx.Link(t.Context(), linkID)
		if link.RepositoryName != name || !strings.HasSuffix(link.RepositoryURL, "/"+name) || link.AttentionReason != "" {
			t.Errorf("the link shows %s at %s, want %s; attention %q", link.RepositoryName, link.RepositoryURL, name, link.AttentionReason)
		}
		rollouts, listErr := tx.Rollouts(t.Context(), store.RolloutFilter{LinkID: linkID}, store.Page{})
		if listErr != nil || len(rollouts) == 0 {
			t.Errorf("%d rollouts, %v", len(rollouts), listErr)
		}
		for _, r := range rollouts {
			if !strings.HasPrefix(r.CommitURL, link.RepositoryURL+"/") {
				t.Errorf("a rollout shows its commit at %s, want it below %s", r.CommitURL, link.RepositoryURL)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestReconcile_findsARenameWithoutAPush(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		b.commit(t, map[string]string{"shop/1__ddl__a.sql": "CREATE TABLE a (id INT);"})
		link := b.link(t)
		b.reconcile(t, link.ID)
		if err := b.sim.RenameRepository(repo, "shop-new"); err != nil {
			t.Fatal(err)
		}
		b.reconcile(t, link.ID)
		b.wantName(t, link.ID, "acme/shop-new")

		// A stranger's copy has the head that we know: nothing but the name's owner gives it away.
		if err := b.sim.RenameRepository("acme/shop-new", "shop-newer"); err != nil {
			t.Fatal(err)
		}
		if err := b.sim.ForkRepository("acme/shop-newer", "acme", "shop-new"); err != nil {
			t.Fatal(err)
		}
		b.clock.move(30 * time.Second)
		before := b.counted()
		b.reconcile(t, link.ID)
		if n := b.counted() - before; n != 0 {
			t.Errorf("a quiet poll cost %d counted calls", n)
		}
		b.clock.move(2 * time.Hour)
		b.reconcile(t, link.ID)
		b.wantName(t, link.ID, "acme/shop-newer")
		before = b.counted()
		for range 4 {
			b.clock.move(time.Hour)
			b.reconcile(t, link.ID)
		}
		if n := b.counted() - before; n != 0 {
			t.Errorf("four quiet hours cost %d counted calls", n)
		}
	})
}

func TestReceiveWebhook_namesTheRenamedRepository(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		b.commit(t, map[string]string{"shop/1__ddl__a.sql": "CREATE TABLE a (id INT);"})
		link := b.link(t)
		b.reconcile(t, link.ID)
		if err := b.sim.RenameRepository(repo, "shop-new"); err != nil {
			t.Fatal(err)
		}
		if err := b.sim.ForkRepository("acme/shop-new", "acme", "shop-db"); err != nil {
			t.Fatal(err)
		}
		b.clock.move(time.Minute)
		if _, err := b.sim.CommitQuiet("acme/shop-new", "main", map[string]string{"shop/2__ddl__b.sql": "CREATE TABLE b (id INT);"}, "b"); err != nil {
			t.Fatal(err)
		}
		now, _ := b.sim.Repository("acme/shop-new")
		body := `{"repository":{"uuid":"` + now.UUID + `","full_name":"acme/shop-new","links":{"html":{"href":"` + b.sim.BaseURL() + `/acme/shop-new"}}},"push":{"changes":[]}}`
		if err := b.receive(t, link, body); err != nil {
			t.Fatal(err)
		}
		b.reconcile(t, link.ID)
		b.wantTasks(t, link.ID, "test 1 apply pending", "test 2 apply pending", "prod 1 apply pending", "prod 2 apply pending")
		b.wantName(t, link.ID, "acme/shop-new")
	})
}

func TestReconcile_aSingleRefusalAsksNobodyToAct(t *testing.T) {
	for name, refuse := range map[string]func(b *bundle){
		"Git says 403":         func(b *bundle) { b.gitRefuses = map[string]int{repo: http.StatusForbidden} },
		"Git says 404":         func(b *bundle) { b.gitRefuses = map[string]int{repo: http.StatusNotFound} },
		"Git says 401":         func(b *bundle) { b.gitRefuses = map[string]int{repo: http.StatusUnauthorized} },
		"the API says 403":     func(b *bundle) { b.sim.SetFaults(bitbucketsim.Faults{APIStatus: http.StatusForbidden}) },
		"the API says 401":     func(b *bundle) { b.sim.SetFaults(bitbucketsim.Faults{APIStatus: http.StatusUnauthorized}) },
		"the API says 404":     func(b *bundle) { b.sim.SetFaults(bitbucketsim.Faults{APIStatus: http.StatusNotFound}) },
		"the API says 410":     func(b *bundle) { b.sim.SetFaults(bitbucketsim.Faults{APIStatus: http.StatusGone}) },
		"the token is refused": func(b *bundle) { b.sim.ExpireAccessTokens(); b.tokenRefuses = true },
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, b *bundle) {
				b.commit(t, map[string]string{"shop/1__ddl__a.sql": "CREATE TABLE a (id INT);"})
				link := b.link(t)
				b.clock.move(2 * time.Hour)
				refuse(b)
				again, err := b.Reconcile(t.Context(), link.ID)
				if err == nil {
					return // it was tried again at once, and went well
				}
				st, _ := b.LinkStatus(t.Context(), link.ID)
				if st.Link.AttentionReason != "" || st.GrantBroken != "" || strings.Contains(towpath.ErrorMessage(err), "onnect") {
					t.Errorf("after one refusal: attention %q, grant %q, %v", st.Link.AttentionReason, st.GrantBroken, err)
				}
				b.gitRefuses, b.tokenRefuses = nil, false
				b.sim.SetFaults(bitbucketsim.Faults{})
				if again != nil {
					b.clock.move(again.Sub(b.clock.now()) + time.Second)
				}
				b.reconcile(t, link.ID)
				b.wantTasks(t, link.ID, "test 1 apply pending", "prod 1 apply pending")
			})
		})
	}
}

// counted is how many calls the far side has counted against the person's limit.
func (b *bundle) counted() (n int) {
	for _, r := range b.sim.Requests() {
		if strings.HasPrefix(r.Path, "/2.0/repositories/") {
			n++
		}
	}
	return n
}

// receive hands a link's hook a delivery with a good signature.
func (b *bundle) receive(t *testing.T, link towpath.RepositoryLink, body string) error {
	t.Helper()
	plain, err := b.Keeper.Open(link.SealedHookSecret, "repository_link/"+link.ID+"/hook")
	if err != nil {
		t.Fatal(err)
	}
	header := http.Header{}
	header.Set("X-Request-UUID", "r1")
	header.Set("X-Event-Key", "repo:push")
	header.Set("X-Hub-Signature", bitbucketsim.Signature(string(plain), []byte(body)))
	return b.ReceiveWebhook(t.Context(), link.HookKey, header, []byte(body))
}
