package linktest

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"towpath"
	"towpath/internal/account"
	"towpath/internal/link"
	"towpath/internal/store"
)

// Write changes the metadata in one transaction.
func (b *World) Write(t *testing.T, fn func(ctx context.Context, tx *store.Tx) error) {
	t.Helper()
	if err := b.Store.Write(t.Context(),
		func(tx *store.Tx) error { return fn(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

// Browse signs in at the simulator, grants access and returns what Bitbucket sends back to the
// callback URL.
func (b *World) Browse(t *testing.T, authorizeURL, action string) account.Callback {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if r.URL.Host == "towpath.test" {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	post := func(path string, form url.Values) *http.Response {
		resp, err := client.PostForm(b.Sim.BaseURL()+path, form)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = resp.Body.Close() })
		return resp
	}
	post("/account/signin/", url.Values{"username": {"ada"}, "password": {"pw"}})
	asked, err := url.Parse(authorizeURL)
	if err != nil {
		t.Fatal(err)
	}
	form := asked.Query()
	form.Set("action", action)
	resp := post("/site/oauth2/authorize", form)
	back, err := resp.Location()
	if err != nil {
		page, _ := io.ReadAll(resp.Body)
		t.Fatalf("not sent back: %s\n%s", resp.Status, page)
	}
	q := back.Query()
	return account.Callback{
		State:            q.Get("state"),
		Code:             q.Get("code"),
		Error:            q.Get("error"),
		ErrorDescription: q.Get("error_description"),
	}
}

// Start is what an owner enters to add the simulator.
func (b *World) Start() account.StartVerification {
	return account.StartVerification{
		Type:          towpath.ProviderBitbucket,
		DisplayName:   "Bitbucket.org",
		ApplicationID: b.Consumer.Key,
		Secret:        b.Consumer.Secret,
	}
}

// Verified ends the round trip that adds the provider, by the callback of the browser that began it.
func (b *World) Verified(t *testing.T) towpath.Verification {
	t.Helper()
	v, page, err := b.StartVerification(t.Context(), b.Actor, b.Start())
	if err != nil {
		t.Fatal(err)
	}
	if v, err = b.FinishVerification(t.Context(), "s1", b.Browse(t, page, "grant")); err != nil ||
		v.State != towpath.VerificationVerified {
		t.Fatalf("%+v %v", v, err)
	}
	return v
}

// Connect adds the provider and keeps the account that signed in as a grant.
func (b *World) Connect(t *testing.T) (providerID, grantID string) {
	t.Helper()
	verified := b.Verified(t)
	c := account.Confirmation{VerificationID: verified.ID, ConnectAccount: true}
	p, err := b.AddProvider(t.Context(), b.Actor, c)
	if err != nil {
		t.Fatal(err)
	}
	v, err := b.Verification(t.Context(), b.Actor, verified.ID)
	if err != nil || v.GrantID == "" {
		t.Fatalf("%+v %v", v, err)
	}
	return p.ID, v.GrantID
}

// Spec is a link with the world's repository and template.
func (b *World) Spec(grantID string) link.Spec {
	r, _ := b.Sim.Repository(Repo)
	return link.Spec{GrantID: grantID, RepositoryID: r.UUID, Branch: "main", FilePathTemplate: Template}
}

// Commit pushes files to main without a delivery, and returns the commit's hash.
func (b *World) Commit(t *testing.T, files map[string]string) string {
	t.Helper()
	hash, err := b.Sim.CommitQuiet(Repo, "main", files,
		"change "+strings.Join(slices.Sorted(maps.Keys(files)), ", "))
	if err != nil {
		t.Fatal(err)
	}
	return hash
}

// Linked links the repository as it is, to run what it has.
func (b *World) Linked(t *testing.T) towpath.RepositoryLink {
	t.Helper()
	_, grant := b.Connect(t)
	spec := b.Spec(grant)
	spec.ExistingFiles = link.ExistingRun
	link, err := b.Link(t.Context(), b.Actor, b.Project, spec)
	if err != nil {
		t.Fatal(err)
	}
	return link
}

// Reconciled reconciles a link that nothing keeps from it.
func (b *World) Reconciled(t *testing.T, linkID string) {
	t.Helper()
	if _, err := b.Reconcile(t.Context(), linkID); err != nil {
		t.Fatal(err)
	}
}

// Refused reconciles a link that the far side refuses: a first refusal is tried again, a second one
// stands.
func (b *World) Refused(t *testing.T, linkID string) {
	t.Helper()
	again, err := b.Reconcile(t.Context(), linkID)
	st, _ := b.LinkStatus(t.Context(), linkID)
	if err == nil || again == nil || !st.Link.AttentionReason.IsZero() {
		t.Fatalf("after one refusal: again at %v, error %v, attention %q", again, err,
			st.Link.AttentionReason)
	}
	b.Clock.Move(again.Sub(b.Clock.Now()) + time.Second)
	b.Reconciled(t, linkID)
}

// Tasks writes the open rollout's tasks down, a line each.
func (b *World) Tasks(t *testing.T, linkID string) (lines []string) {
	t.Helper()
	err := b.Store.Read(t.Context(), func(tx *store.Tx) error {
		r, err := tx.OpenRollout(t.Context(), linkID)
		for _, task := range r.Tasks {
			lines = append(lines, fmt.Sprintf("%s %s %s %s", task.Environment, task.Version, task.Action,
				task.State))
		}
		if towpath.ErrorCode(err) == towpath.CodeNotFound {
			return nil
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// OpenRollout is the open rollout of a link, with its tasks.
func (b *World) OpenRollout(t *testing.T, linkID string) towpath.Rollout {
	t.Helper()
	st, err := b.LinkStatus(t.Context(), linkID)
	if err != nil || st.Rollout == nil {
		t.Fatalf("no open rollout: %v", err)
	}
	return *st.Rollout
}

// Finish ends all of a rollout well and posts its statuses.
func (b *World) Finish(t *testing.T, r towpath.Rollout) {
	t.Helper()
	b.Done(t, r)
	if _, err := b.PostStatus(t.Context(), r.ID); err != nil {
		t.Fatal(err)
	}
}

// Done ends all of a rollout well.
func (b *World) Done(t *testing.T, r towpath.Rollout) {
	t.Helper()
	b.Write(t, func(ctx context.Context, tx *store.Tx) error {
		for _, task := range r.Tasks {
			task.State = towpath.TaskDone
			if err := tx.UpdateTask(ctx, &task); err != nil {
				return err
			}
		}
		r.State, r.FinishedAt = towpath.RolloutDone, &tx.Now
		return tx.UpdateRollout(ctx, &r)
	})
}

// Change changes the open task of a version in an environment.
func (b *World) Change(t *testing.T, linkID, environment, version string, change func(*towpath.Task)) {
	t.Helper()
	b.Write(t, func(ctx context.Context, tx *store.Tx) error {
		r, err := tx.OpenRollout(ctx, linkID)
		if err != nil {
			return err
		}
		for _, task := range r.Tasks {
			if task.Environment != environment || task.Version != version || !task.State.Open() {
				continue
			}
			before := task.State
			if change(&task); !before.MayBecome(task.State) && before != task.State { // then it has run
				running := task
				running.State = towpath.TaskRunning
				if err := tx.UpdateTask(ctx, &running); err != nil {
					return err
				}
			}
			return tx.UpdateTask(ctx, &task)
		}
		t.Fatalf("no open task of %s in %s", version, environment)
		return nil
	})
}

// Replan schedules a new plan although nothing was pushed.
func (b *World) Replan(t *testing.T, linkID string) {
	t.Helper()
	b.Write(t, func(ctx context.Context, tx *store.Tx) error { return tx.StaleLedgers(ctx, b.Project) })
	b.Reconciled(t, linkID)
}

// WantTasks compares the open rollout's tasks with lines such as Tasks returns.
func (b *World) WantTasks(t *testing.T, linkID string, want ...string) {
	t.Helper()
	if got := b.Tasks(t, linkID); strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("open tasks\n got %q\nwant %q", got, want)
	}
}
