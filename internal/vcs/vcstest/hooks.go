package vcstest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"towpath/internal/vcs"
)

var hookCases = map[string]func(*testing.T, *harness){
	"a hook that is ensured twice is one hook": func(t *testing.T, h *harness) {
		client, _ := h.client(t)
		remote := h.AddRepository(t, h.Workspaces[0], "hooked")
		hooks := client.Hooks(remote.ID)
		hook := vcs.Hook{URL: "https://towpath.example/hooks/1", Secret: "first", Active: true}
		id := must[string](t)(hooks.Ensure(t.Context(), hook))
		// rewritten, though the far side never returns it
		hook.Secret = "second"
		// by URL; a provider that cannot rewrite a secret makes another hook
		hook.ID = must[string](t)(hooks.Ensure(t.Context(), hook))
		if diff := cmp.Diff([]vcs.Hook{hook}, h.Hooks(t, remote)); diff != "" {
			t.Errorf("after %q: %s", id, diff)
		}
		hook.URL = "https://towpath.example/hooks/2" // as after a change of our address
		hook.ID = must[string](t)(hooks.Ensure(t.Context(), hook))
		if diff := cmp.Diff([]vcs.Hook{hook}, h.Hooks(t, remote)); diff != "" {
			t.Error(diff)
		}
		hook.Secret = ""
		if diff := cmp.Diff(hook, must[vcs.Hook](t)(hooks.Get(t.Context(), hook.ID))); diff != "" {
			t.Error(diff)
		}
	},
	"a hook that was deleted elsewhere is made again": func(t *testing.T, h *harness) {
		client, _ := h.client(t)
		remote := h.AddRepository(t, h.Workspaces[0], "rehooked")
		hooks := client.Hooks(remote.ID)
		hook := vcs.Hook{URL: "https://towpath.example/hooks/1", Secret: "s", Active: true}
		hook.ID = must[string](t)(hooks.Ensure(t.Context(), hook))
		for range 2 { // the second time it is gone already
			if err := hooks.Delete(t.Context(), hook.ID); err != nil {
				t.Fatal(err)
			}
		}
		_, err := hooks.Get(t.Context(), hook.ID)
		wantKind(t, err, vcs.NotFound)
		if id := must[string](t)(hooks.Ensure(t.Context(), hook)); id == "" || len(h.Hooks(t, remote)) != 1 {
			t.Errorf("id %q, hooks %v", id, h.Hooks(t, remote))
		}
	},
	"hooks of others stay": func(t *testing.T, h *harness) {
		client, _ := h.client(t)
		remote := h.AddRepository(t, h.Workspaces[0], "shared")
		hooks := client.Hooks(remote.ID)
		other := must[string](t)(hooks.Ensure(t.Context(),
			vcs.Hook{URL: "https://ci.example/hook", Secret: "o", Active: true}))
		ours := must[string](t)(hooks.Ensure(t.Context(), vcs.Hook{
			URL:    "https://towpath.example/hook",
			Secret: "t", Active: true,
		}))
		listed := map[string]string{}
		err := hooks.List(t.Context(), func(h vcs.Hook) bool { listed[h.ID] = h.URL; return true })
		if diff := cmp.Diff(map[string]string{
			other: "https://ci.example/hook",
			ours:  "https://towpath.example/hook",
		}, listed); diff != "" || err != nil {
			t.Error(diff, err)
		}
		if err := hooks.Delete(t.Context(), ours); err != nil {
			t.Fatal(err)
		}
		if left := h.Hooks(t, remote); len(left) != 1 || left[0].ID != other {
			t.Errorf("hooks %v, want %q alone", left, other)
		}
	},
	"a build status is overwritten under its key": func(t *testing.T, h *harness) {
		client, _ := h.client(t)
		remote, work := h.repository(t, "statuses")
		hash := work.commit("first")
		work.push("main")
		s := vcs.Status{
			Key:         "towpath",
			State:       vcs.StatusInProgress,
			Name:        "Towpath",
			Description: "2 of 3",
			URL:         "https://towpath.example/r/1",
			Branch:      "main",
		}
		for _, state := range []vcs.StatusState{
			vcs.StatusInProgress, vcs.StatusStopped, vcs.StatusFailed,
			vcs.StatusSuccessful,
		} {
			s.State = state
			if err := client.PutStatus(t.Context(), remote.ID, hash, s); err != nil {
				t.Fatal(err)
			}
			want := s
			if h.KeptStatus != nil {
				want = h.KeptStatus(s)
			}
			if diff := cmp.Diff([]vcs.Status{want}, h.Statuses(t, remote, hash)); diff != "" {
				t.Error(diff)
			}
		}
		wantKind(t, client.PutStatus(t.Context(), remote.ID, unknownHash, s), vcs.NotFound)
	},
	"a long status key stays one key": func(t *testing.T, h *harness) {
		client, _ := h.client(t)
		remote, work := h.repository(t, "keys")
		hash := work.commit("first")
		work.push("main")
		for _, key := range []string{
			strings.Repeat("k", 60) + "1", strings.Repeat("k", 60) + "2",
			strings.Repeat("k", 60) + "1",
		} {
			s := vcs.Status{
				Key:   key,
				State: vcs.StatusSuccessful,
				Name:  "n",
				URL:   "https://towpath.example/r/1",
			}
			if err := client.PutStatus(t.Context(), remote.ID, hash, s); err != nil {
				t.Fatal(err)
			}
		}
		if got := h.Statuses(t, remote, hash); len(got) != 2 {
			t.Errorf("statuses %v, want 2", got)
		}
	},
	"a push is delivered, and only its own signature opens it": func(t *testing.T, h *harness) {
		client, _ := h.client(t)
		remote, work := h.repository(t, "delivered")
		first := work.commit("first")
		second := work.commit("second")
		work.push(first + ":refs/heads/main")
		d := receive(t, client, remote)
		work.push("main")
		got := d.next(t, h.Provider)
		// a service may report the push before it to the new hook
		for len(got.Refs) == 1 && got.Refs[0].New == first {
			got = d.next(t, h.Provider)
		}
		want := vcs.Event{
			RequestID:    got.RequestID,
			Name:         got.Name,
			RepositoryID: remote.ID,
			Repository:   remote.Name,
			URL:          got.URL,
			Refs:         []vcs.RefChange{{Branch: "main", Old: first, New: second}},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if got.RequestID == "" || got.Name == "" {
			t.Errorf("event %+v", got)
		}
		d.forge(t, h.Provider)
	},
	"a push of several refs, tags and deletions is delivered whole": func(t *testing.T, h *harness) {
		client, _ := h.client(t)
		remote, work := h.repository(t, "refs")
		first := work.commit("first")
		second := work.commit("second")
		work.push(second+":refs/heads/main", first+":refs/heads/gone/soon")
		d := receive(t, client, remote)
		work.push("--force", first+":refs/heads/main", ":refs/heads/gone/soon", second+":refs/heads/new/one",
			second+":refs/tags/main")
		want := map[string]vcs.RefChange{
			"branch main tag ":      {Branch: "main", Old: second, New: first},
			"branch gone/soon tag ": {Branch: "gone/soon", Old: first},
			"branch new/one tag ":   {Branch: "new/one", New: second},
			"branch  tag main":      {Tag: "main", New: second},
		}
		got := map[string]vcs.RefChange{}
		for len(got) < len(want) { // a provider sends one event for a push, or one for each ref
			for _, ref := range d.next(t, h.Provider).Refs {
				if ref.New == "" && ref.Old == "" {
					ref.Old = first // not every provider sends the old head of a deleted branch
				}
				got["branch "+ref.Branch+" tag "+ref.Tag] = ref
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	},
}

// delivery is one received webhook request.
type delivery struct {
	header http.Header
	body   []byte
}

// receiver is a server to which the far side delivers.
type receiver struct {
	secret string
	came   chan delivery
	last   delivery
}

func receive(t *testing.T, client vcs.Client, remote Remote) *receiver {
	t.Helper()
	d := &receiver{secret: "a secret with ü", came: make(chan delivery, 16)}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Errorf("read a delivery: %v", err)
		}
		d.came <- delivery{r.Header, body}
	}))
	t.Cleanup(server.Close)
	must[string](t)(client.Hooks(remote.ID).Ensure(t.Context(),
		vcs.Hook{URL: server.URL, Secret: d.secret, Active: true}))
	return d
}

func (d *receiver) next(t *testing.T, p vcs.Provider) vcs.Event {
	t.Helper()
	d.last = eventually(t, "the delivery", d.came)
	return must[vcs.Event](t)(p.ParseWebhook(d.last.header, d.last.body, d.secret))
}

// forge repeats the last delivery with a wrong secret, body or signature.
func (d *receiver) forge(t *testing.T, p vcs.Provider) {
	t.Helper()
	without := d.last.header.Clone()
	for name := range without {
		if strings.Contains(name, "Signature") || strings.Contains(name, "Token") {
			without.Del(name)
		}
	}
	for name, try := range map[string]struct {
		header http.Header
		body   []byte
		secret string
	}{
		"another secret": {d.last.header, d.last.body, d.secret + "x"},
		"no secret":      {d.last.header, d.last.body, ""},
		"another body":   {d.last.header, append(append([]byte{}, d.last.body...), ' '), d.secret},
		"no signature":   {without, d.last.body, d.secret},
	} {
		event, err := p.ParseWebhook(try.header, try.body, try.secret)
		if vcs.KindOf(err) != vcs.Unauthorized || event.Refs != nil || event.Repository != "" {
			t.Errorf("with %s: %+v, %v", name, event, err)
		}
	}
}
