package sync_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"towpath/internal/link/linktest"

	"towpath"
	bitbucketsim "towpath/internal/gitsim/bitbucket"
	"towpath/internal/store"
)

// takeName makes another repository under the name of the linked one, by a stranger, with a history
// that a link would run.
func takeName(t *testing.T, b *linktest.World, workspace, slug, branch string) {
	t.Helper()
	b.Sim.AddWorkspace(workspace, workspace)
	if _, err := b.Sim.AddRepository(bitbucketsim.RepositorySpec{
		Workspace: workspace, Slug: slug,
		MainBranch: branch,
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Sim.CommitQuiet(workspace+"/"+slug, branch,
		map[string]string{"shop/9__ddl__strange.sql": "CREATE TABLE strange (id INT);"},
		"strange"); err != nil {
		t.Fatal(err)
	}
}

// renames are the ways in which a repository comes to another full name.
var renames = map[string]struct {
	move func(s *bitbucketsim.Sim) error
	name string
}{
	"repository renamed": {func(s *bitbucketsim.Sim) error {
		return s.RenameRepository(linktest.Repo,
			"shop.neu-2")
	}, "acme/shop.neu-2"},
	"transferred": {func(s *bitbucketsim.Sim) error {
		s.AddWorkspace("poetry", "Poetry")
		s.SetMember("poetry", "ada", "owner")
		return s.TransferRepository(linktest.Repo, "poetry")
	}, "poetry/shop-db"},
	"workspace renamed": {
		func(s *bitbucketsim.Sim) error { return s.RenameWorkspace("acme", "acme-2") },
		"acme-2/shop-db",
	},
}

func TestReconcile_followsTheRepositoryNotItsName(t *testing.T) {
	strangers := map[string]func(t *testing.T, b *linktest.World){
		"nobody takes the name": func(*testing.T, *linktest.World) {},
		"a stranger takes the name": func(t *testing.T,
			b *linktest.World,
		) {
			takeName(t, b, "acme", "shop-db", "main")
		},
		"a stranger without the branch": func(t *testing.T,
			b *linktest.World,
		) {
			takeName(t, b, "acme", "shop-db", "trunk")
		},
		"the name is refused": func(_ *testing.T, b *linktest.World) {
			b.GitRefuses = map[string]int{linktest.Repo: http.StatusForbidden}
		},
		"the name asks for another's password": func(_ *testing.T, b *linktest.World) {
			b.GitRefuses = map[string]int{linktest.Repo: http.StatusUnauthorized}
		},
	}
	for how, rename := range renames {
		for who, strange := range strangers {
			t.Run(how+", "+who, func(t *testing.T) {
				linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
					b.Commit(t, map[string]string{"shop/1__ddl__a.sql": "CREATE TABLE a (id INT);"})
					link := b.Linked(t)
					b.Reconciled(t, link.ID)
					b.Clock.Move(30 * time.Second)
					b.Reconciled(t, link.ID)
					if err := rename.move(b.Sim); err != nil {
						t.Fatal(err)
					}
					strange(t, b)
					if _, err := b.Sim.CommitQuiet(rename.name, "main",
						map[string]string{"shop/2__ddl__b.sql": "CREATE TABLE b (id INT);"},
						"b"); err != nil {
						t.Fatal(err)
					}
					b.Reconciled(t, link.ID)
					b.WantTasks(t, link.ID, "test 1 apply pending", "test 2 apply pending",
						"prod 1 apply pending", "prod 2 apply pending")
					wantName(t, b, link.ID, rename.name)
				})
			})
		}
	}
}

// wantName looks for a repository's name wherever a link shows one.
func wantName(t *testing.T, b *linktest.World, linkID, name string) {
	t.Helper()
	err := b.Store.Read(t.Context(), func(tx *store.Tx) error {
		link, err := tx.Link(t.Context(), linkID)
		if link.RepositoryName != name || !strings.HasSuffix(link.RepositoryURL, "/"+name) ||
			!link.AttentionReason.IsZero() {
			t.Errorf("the link shows %s at %s, want %s; attention %q", link.RepositoryName,
				link.RepositoryURL, name, link.AttentionReason)
		}
		rollouts, listErr := tx.Rollouts(t.Context(), store.RolloutFilter{LinkID: linkID}, store.Page{})
		if listErr != nil || len(rollouts) == 0 {
			t.Errorf("%d rollouts, %v", len(rollouts), listErr)
		}
		for _, r := range rollouts {
			if !strings.HasPrefix(r.CommitURL, link.RepositoryURL+"/") {
				t.Errorf("a rollout shows its commit at %s, want it below %s", r.CommitURL,
					link.RepositoryURL)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestReconcile_findsARenameWithoutAPush(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Commit(t, map[string]string{"shop/1__ddl__a.sql": "CREATE TABLE a (id INT);"})
		link := b.Linked(t)
		b.Reconciled(t, link.ID)
		if err := b.Sim.RenameRepository(linktest.Repo, "shop-new"); err != nil {
			t.Fatal(err)
		}
		b.Reconciled(t, link.ID)
		wantName(t, b, link.ID, "acme/shop-new")

		// A stranger's copy has the head that we know: nothing but the name's owner gives it away.
		if err := b.Sim.RenameRepository("acme/shop-new", "shop-newer"); err != nil {
			t.Fatal(err)
		}
		if err := b.Sim.ForkRepository("acme/shop-newer", "acme", "shop-new"); err != nil {
			t.Fatal(err)
		}
		b.Clock.Move(30 * time.Second)
		before := counted(b)
		b.Reconciled(t, link.ID)
		if n := counted(b) - before; n != 0 {
			t.Errorf("a quiet poll cost %d counted calls", n)
		}
		b.Clock.Move(2 * time.Hour)
		b.Reconciled(t, link.ID)
		wantName(t, b, link.ID, "acme/shop-newer")
		before = counted(b)
		for range 4 {
			b.Clock.Move(time.Hour)
			b.Reconciled(t, link.ID)
		}
		if n := counted(b) - before; n != 0 {
			t.Errorf("four quiet hours cost %d counted calls", n)
		}
	})
}

func TestReceiveWebhook_namesTheRenamedRepository(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Commit(t, map[string]string{"shop/1__ddl__a.sql": "CREATE TABLE a (id INT);"})
		link := b.Linked(t)
		b.Reconciled(t, link.ID)
		if err := b.Sim.RenameRepository(linktest.Repo, "shop-new"); err != nil {
			t.Fatal(err)
		}
		if err := b.Sim.ForkRepository("acme/shop-new", "acme", "shop-db"); err != nil {
			t.Fatal(err)
		}
		b.Clock.Move(time.Minute)
		if _, err := b.Sim.CommitQuiet("acme/shop-new", "main",
			map[string]string{"shop/2__ddl__b.sql": "CREATE TABLE b (id INT);"}, "b"); err != nil {
			t.Fatal(err)
		}
		now, _ := b.Sim.Repository("acme/shop-new")
		body := `{"repository":{"uuid":"` + now.UUID +
			`","full_name":"acme/shop-new","links":{"html":{"href":"` + b.Sim.BaseURL() +
			`/acme/shop-new"}}},"push":{"changes":[]}}`
		if err := receive(t, b, link, body); err != nil {
			t.Fatal(err)
		}
		b.Reconciled(t, link.ID)
		b.WantTasks(t, link.ID, "test 1 apply pending", "test 2 apply pending", "prod 1 apply pending",
			"prod 2 apply pending")
		wantName(t, b, link.ID, "acme/shop-new")
	})
}

func TestReconcile_retriesAfterASingleRefusal(t *testing.T) {
	for name, refuse := range map[string]func(b *linktest.World){
		"Git says 403": func(b *linktest.World) {
			b.GitRefuses = map[string]int{linktest.Repo: http.StatusForbidden}
		},
		"Git says 404": func(b *linktest.World) {
			b.GitRefuses = map[string]int{linktest.Repo: http.StatusNotFound}
		},
		"Git says 401": func(b *linktest.World) {
			b.GitRefuses = map[string]int{linktest.Repo: http.StatusUnauthorized}
		},
		"the API says 403": func(b *linktest.World) {
			b.Sim.SetFaults(bitbucketsim.Faults{APIStatus: http.StatusForbidden})
		},
		"the API says 401": func(b *linktest.World) {
			b.Sim.SetFaults(bitbucketsim.Faults{APIStatus: http.StatusUnauthorized})
		},
		"the API says 404": func(b *linktest.World) {
			b.Sim.SetFaults(bitbucketsim.Faults{APIStatus: http.StatusNotFound})
		},
		"the API says 410": func(b *linktest.World) {
			b.Sim.SetFaults(bitbucketsim.Faults{APIStatus: http.StatusGone})
		},
		"the token is refused": func(b *linktest.World) { b.Sim.ExpireAccessTokens(); b.TokenRefuses = true },
	} {
		t.Run(name, func(t *testing.T) {
			linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
				b.Commit(t, map[string]string{"shop/1__ddl__a.sql": "CREATE TABLE a (id INT);"})
				link := b.Linked(t)
				b.Clock.Move(2 * time.Hour)
				refuse(b)
				again, err := b.Reconcile(t.Context(), link.ID)
				if err == nil {
					return // it was tried again at once, and went well
				}
				st, _ := b.LinkStatus(t.Context(), link.ID)
				if !st.Link.AttentionReason.IsZero() || !st.GrantBroken.IsZero() ||
					strings.Contains(towpath.ErrorMessage(err), "onnect") {
					t.Errorf("after one refusal: attention %q, grant %q, %v", st.Link.AttentionReason,
						st.GrantBroken, err)
				}
				b.GitRefuses, b.TokenRefuses = nil, false
				b.Sim.SetFaults(bitbucketsim.Faults{})
				if again != nil {
					b.Clock.Move(again.Sub(b.Clock.Now()) + time.Second)
				}
				b.Reconciled(t, link.ID)
				b.WantTasks(t, link.ID, "test 1 apply pending", "prod 1 apply pending")
			})
		})
	}
}

// counted is how many calls the far side has counted against the person's limit.
func counted(b *linktest.World) (n int) {
	for _, r := range b.Sim.Requests() {
		if strings.HasPrefix(r.Path, "/2.0/repositories/") {
			n++
		}
	}
	return n
}

// receive hands a link's hook a delivery with a good signature.
func receive(t *testing.T, b *linktest.World, link towpath.RepositoryLink, body string) error {
	t.Helper()
	plain, err := b.Keyring.Decrypt(link.EncryptedHookSecret, "repository_link/"+link.ID+"/hook")
	if err != nil {
		t.Fatal(err)
	}
	header := http.Header{}
	header.Set("X-Request-UUID", "r1")
	header.Set("X-Event-Key", "repo:push")
	header.Set("X-Hub-Signature", bitbucketsim.Signature(string(plain), []byte(body)))
	return b.ReceiveWebhook(t.Context(), link.HookKey, header, []byte(body))
}
