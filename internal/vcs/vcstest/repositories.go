package vcstest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"towpath/internal/vcs"
)

const manyRepositories = 104 // more than a page of any provider

var repositoryCases = map[string]func(*testing.T, *harness){
	"every repository of every workspace and page is listed once": func(t *testing.T, h *harness) {
		var want []string
		for i := range manyRepositories {
			want = append(want, h.AddRepository(t, h.Workspaces[0], fmt.Sprintf("many-%03d", i)).Name)
		}
		want = append(want, h.AddRepository(t, h.Workspaces[1], "other").Name)
		slices.Sort(want)
		client, _ := h.client(t)
		var got []vcs.Repository
		skipped, err := client.Repositories(t.Context(), func(r vcs.Repository) bool {
			got = append(got, r)
			return true
		})
		if err != nil || len(skipped) > 0 {
			t.Fatalf("error %v, skipped %v", err, skipped)
		}
		if diff := cmp.Diff(want, names(got)); diff != "" {
			t.Error(diff)
		}
		for _, r := range got {
			if !r.Admin || r.ID == "" || r.URL == "" {
				t.Fatalf("repository %+v", r)
			}
		}
		calls := 0
		if _, err := client.Repositories(t.Context(),
			func(vcs.Repository) bool { calls++; return false }); err != nil || calls != 1 {
			t.Errorf("%d calls of a yield that wants no more, error %v", calls, err)
		}
		if u := client.Usage(); u.Used == 0 || (u.Limit > 0 && u.Used > u.Limit) {
			t.Errorf("usage %+v", u)
		}
	},
	"a repository is found by its id, also under another name": func(t *testing.T, h *harness) {
		client, _ := h.client(t)
		remote, work := h.repository(t, "before")
		work.commit("first")
		work.push("main")
		got := must[vcs.Repository](t)(client.Repository(t.Context(), remote.ID))
		if got.ID != remote.ID || got.Name != remote.Name || got.DefaultBranch != "main" || !got.Admin ||
			got.UpdatedAt.IsZero() {
			t.Errorf("repository %+v, want %+v", got, remote)
		}
		source := client.Source(remote.ID)
		must[vcs.Heads](t)(source.Heads(t.Context())) // caches the old address
		renamed := h.Rename(t, remote, "after")
		if got := must[vcs.Repository](t)(client.Repository(t.Context(),
			remote.ID)); got.Name != renamed.Name {
			t.Errorf("name %q, want %q", got.Name, renamed.Name)
		}
		if heads := must[vcs.Heads](t)(source.Heads(t.Context())); len(heads.Branches) != 1 ||
			heads.Name != renamed.Name {
			t.Errorf("heads under the new name: %v", heads)
		}
	},
	"an unknown repository is not found": func(t *testing.T, h *harness) {
		client, _ := h.client(t)
		const id = "{11111111-2222-4333-8444-555555555555}"
		_, err := client.Repository(t.Context(), id)
		wantKind(t, err, vcs.NotFound)
		_, err = client.Source(id).Branches(t.Context())
		wantKind(t, err, vcs.NotFound)
		_, err = client.Source(id).Heads(t.Context())
		wantKind(t, err, vcs.NotFound)
	},
	"an empty repository has no branches": func(t *testing.T, h *harness) {
		client, _ := h.client(t)
		remote := h.AddRepository(t, h.Workspaces[0], "empty")
		if r := must[vcs.Repository](t)(client.Repository(t.Context(), remote.ID)); r.DefaultBranch != "" {
			t.Errorf("default branch %q", r.DefaultBranch)
		}
		if b := must[[]vcs.Branch](t)(client.Source(remote.ID).Branches(t.Context())); len(b) != 0 {
			t.Errorf("branches %v", b)
		}
		if heads := must[vcs.Heads](t)(client.Source(remote.ID).Heads(t.Context())).Branches; len(
			heads) != 0 {
			t.Errorf("heads %v", heads)
		}
	},
	"too many requests shut the gate, and nothing is sent until it opens": func(t *testing.T, h *harness) {
		client, _ := h.client(t)
		remote, work := h.repository(t, "throttled")
		work.commit("first")
		work.push("main")
		h.Throttle(t, true)
		_, err := client.Source(remote.ID).Branches(t.Context())
		first := wantKind(t, err, vcs.RateLimited)
		if !first.RetryAt.After(time.Now()) || client.Usage().BackoffUntil.IsZero() {
			t.Errorf("retry at %v, usage %+v", first.RetryAt, client.Usage())
		}
		used := client.Usage().Used
		h.Throttle(t, false)
		_, err = client.Source(remote.ID).Branches(t.Context())
		if again := wantKind(t, err, vcs.RateLimited); !again.RetryAt.Equal(first.RetryAt) ||
			client.Usage().Used != used {
			t.Errorf("second call: retry at %v, usage %+v", again.RetryAt, client.Usage())
		}
		other, _ := h.client(t)
		if _, err := other.Source(remote.ID).Branches(t.Context()); err != nil {
			t.Errorf("another grant: %v", err)
		}
	},
}
