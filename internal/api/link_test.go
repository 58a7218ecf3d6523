package api

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"towpath"
	"towpath/internal/plan"
	"towpath/internal/store"
)

const linkBody = `"branch":"main","filePathTemplate":"{{DB_NAME}}/{{VERSION}}__{{TYPE}}__{{DESCRIPTION}}.sql"`

// linked links the project with the repository, which has one migration, a text that does not match
// and one file elsewhere.
func (w *world) linked(t *testing.T) RepositoryLink {
	t.Helper()
	w.targets(t)
	grant := w.grant(t, w.provider(t).ID)
	w.commit(t,
		map[string]string{
			"shop/1__ddl__orders.sql": "CREATE TABLE orders (id INTEGER);\nCREATE TABLE lines (id INTEGER);\n",
			"shop/notes.md":           "x",
		})
	var found repositories
	w.call(t, "owner", "GET", "/grants/"+grant+"/repositories", "", 200, &found)
	if len(found.Items) != 1 || found.Items[0].Name != repositoryName {
		t.Fatalf("repositories are %+v", found)
	}
	id := found.Items[0].ID
	var branches list[branch]
	w.call(t, "owner", "GET", "/grants/"+grant+"/repositories/"+url.PathEscape(id)+"/branches", "", 200,
		&branches)
	if len(branches.Items) != 1 || branches.Items[0].Name != "main" {
		t.Fatalf("branches are %+v", branches)
	}
	spec := `{"grantId":"` + grant + `","repositoryId":"` + id + `",` + linkBody
	var preview linkPreview
	w.call(t, "owner", "POST", "/projects/"+w.project.ID+"/repository-links/preview", spec+`}`, 200, &preview)
	if preview.Plan.Counts[plan.ItemPending] != 2 || len(preview.Files) != 2 || preview.Versions[0] != "1" {
		t.Errorf("preview is %+v", preview)
	}
	if p := w.fails(t, "owner", "POST", "/projects/"+w.project.ID+"/repository-links", spec+`}`,
		422); p.Errors[0].Location != "body.existingFiles" {
		t.Errorf("files that are there already give %+v", p)
	}
	w.fails(t, "outsider", "POST", "/projects/"+w.project.ID+"/repository-links",
		spec+`,"existingFiles":"run"}`, 404)
	var link RepositoryLink
	w.call(t, "owner", "POST", "/projects/"+w.project.ID+"/repository-links", spec+`,"existingFiles":"run"}`,
		201, &link)
	return link
}

func (w *world) commit(t *testing.T, files map[string]string) {
	t.Helper()
	if _, err := w.sim.Commit(repositoryName, "main", files, "Change the shop"); err != nil {
		t.Fatal(err)
	}
}

// finished waits for the newest rollout of the project to be done or otherwise at rest, and reads
// it.
func (w *world) finished(t *testing.T, n int) rolloutDetail {
	t.Helper()
	var rollouts list[Rollout]
	waitFor(t, "a rollout at its end", func() bool {
		rollouts = list[Rollout]{}
		w.call(t, "developer", "GET", "/projects/"+w.project.ID+"/rollouts", "", 200, &rollouts)
		return len(rollouts.Items) == n && rollouts.Items[0].State != "pending" &&
			rollouts.Items[0].State != "running"
	})
	var detail rolloutDetail
	w.call(t, "developer", "GET", "/rollouts/"+rollouts.Items[0].ID, "", 200, &detail)
	return detail
}

// showsLastChange checks that the lists of projects and databases name what happened last.
func (w *world) showsLastChange(t *testing.T, r Rollout, c change) {
	t.Helper()
	var projects list[project]
	w.call(t, "developer", "GET", "/projects", "", 200, &projects)
	if last := projects.Items[0].LastRollout; last == nil || last.ID != r.ID || last.State != r.State ||
		last.Message != r.Message {
		t.Errorf("last rollout is %+v, want that of %+v", last, r)
	}
	var seen, none overview
	w.call(t, "developer", "GET", "/overview", "", 200, &seen)
	w.call(t, "outsider", "GET", "/overview", "", 200, &none)
	if len(seen.Projects) != 1 || len(seen.Projects[0].Cells) != 2 || len(seen.Environments) != 2 ||
		seen.Projects[0].Cells[0].Newest.Version != c.Label || seen.Weeks[11].Changes == 0 ||
		len(none.Projects) != 0 || none.Weeks[11].Changes != 0 {
		t.Errorf("the overview is %+v, of somebody in no project %+v", seen, none)
	}
	var databases list[database]
	w.call(t, "developer", "GET", "/databases", "", 200, &databases)
	for _, d := range databases.Items {
		if d.ID == c.DatabaseID && (d.LastChangeAt == nil || !d.LastChangeAt.Equal(c.FinishedAt)) {
			t.Errorf("last change is at %v, want %v", d.LastChangeAt, c.FinishedAt)
		}
	}
}

func TestPush_reachesTheDatabases(t *testing.T) {
	t.Parallel()
	w := setupWorld(t)
	link := w.linked(t)
	detail := w.finished(t, 1)
	if detail.State != "done" || len(detail.Stages) != 2 || detail.Stages[0].Environment != "test" ||
		detail.Stages[1].Environment != "prod" {
		t.Fatalf("rollout is %+v", detail)
	}
	done := detail.Stages[0].Tasks[0]
	var seen taskDetail
	w.call(t, "developer", "GET", "/rollouts/"+detail.ID+"/tasks/"+done.ID, "", 200, &seen)
	if seen.SQL == nil || !strings.Contains(seen.SQL.Text, "CREATE TABLE orders") ||
		len(seen.Attempts) != 1 || seen.Attempts[0].State != "done" {
		t.Fatalf("task is %+v", seen)
	}
	path := "/rollouts/" + detail.ID + "/tasks/" + done.ID + "/attempts/" + seen.Attempts[0].ID +
		"/statements?pageSize=1"
	var first, second list[statementLog]
	w.call(t, "developer", "GET", path, "", 200, &first)
	w.call(t, "developer", "GET", path+"&pageToken="+first.NextPageToken, "", 200, &second)
	if first.Items[0].Index != 0 || second.Items[0].Index != 1 || second.Items[0].Line != 2 {
		t.Errorf("statements are %+v, %+v", first, second)
	}
	var history list[change]
	w.call(t, "developer", "GET", "/databases/"+done.DatabaseID+"/change-history", "", 200, &history)
	var entry changeDetail
	w.call(t, "developer", "GET", "/databases/"+done.DatabaseID+"/change-history/"+history.Items[0].ID, "",
		200, &entry)
	if entry.Change.Commit != link.SyncedCommit && entry.Change.Commit == "" || entry.SQL == nil ||
		entry.SQL.Size == 0 {
		t.Errorf("change is %+v", entry)
	}
	w.showsLastChange(t, detail.Rollout, history.Items[0])
	w.commit(t, map[string]string{"shop/2__ddl__broken.sql": "CREATE TABLE orders (id INTEGER);\n"})
	detail = w.finished(t, 2)
	failed := detail.Stages[0].Tasks[0]
	if detail.State != "failed" || failed.State != "failed" || detail.Stages[1].State != "pending" {
		t.Fatalf("rollout is %+v", detail)
	}
	at := "/rollouts/" + detail.ID + "/tasks/" + failed.ID
	w.fails(t, "lead", "POST", "/rollouts/"+store.NewID()+"/tasks/"+failed.ID+"/retry", "", 404)
	w.fails(t, "lead", "POST", at+"/release", "", 409)
	var skipped Task
	w.call(t, "lead", "POST", at+"/skip", `{"reason":"The table is there."}`, 200, &skipped)
	if skipped.State != "skipped" || skipped.Reason == nil || skipped.Reason.Text != "The table is there." {
		t.Errorf("skipped to %+v", skipped)
	}
	var mine list[Rollout]
	w.call(t, "outsider", "GET", "/rollouts", "", 200, &mine)
	if len(mine.Items) != 0 {
		t.Errorf("an outsider sees %+v", mine.Items)
	}
}

func TestLink_showsFilesAndDeliveries(t *testing.T) {
	t.Parallel()
	w := setupWorld(t)
	link := w.linked(t)
	w.finished(t, 1)
	var status linkStatus
	w.call(t, "developer", "GET", "/repository-links/"+link.ID, "", 200, &status)
	if status.HookState != "active" && status.HookState != "polling" || status.GrantName != "Ada Lock" ||
		status.Plan.Counts[plan.ItemApplied] != 2 || len(status.Plan.Items) != 0 {
		t.Errorf("status is %+v", status)
	}
	for path, want := range map[string]string{
		"shop/1__ddl__orders.sql": "", "shop/notes.md": "The file ends with .md",
		"shop/7__ddl__x.sql": "not in the repository", "/elsewhere.txt": "The file ends with .txt",
	} {
		var files list[manifestFile]
		w.call(t, "developer", "GET", "/repository-links/"+link.ID+"/files?path="+url.QueryEscape(path), "",
			200, &files)
		if len(files.Items) != 1 || (want != "" && !strings.Contains(files.Items[0].Reason.Text, want)) ||
			(want == "") != (files.Items[0].State == "matched") {
			t.Errorf("%s: %+v, want %q", path, files.Items, want)
		}
	}
	var files list[manifestFile]
	w.call(t, "developer", "GET", "/repository-links/"+link.ID+"/files?state=ignored", "", 200, &files)
	if len(files.Items) != 1 || files.Items[0].Path != "shop/notes.md" {
		t.Errorf("ignored files are %+v", files.Items)
	}
	w.reading(t, link)
	w.call(t, "developer", "POST", "/repository-links/"+link.ID+"/sync", "", 204, nil)
	w.fails(t, "developer", "PATCH", "/repository-links/"+link.ID, `{"latePolicy":"apply"}`, 403)
	w.call(t, "lead", "PATCH", "/repository-links/"+link.ID, `{"latePolicy":"apply"}`, 200, &link)
	if link.LatePolicy != "apply" {
		t.Errorf("policy is %s", link.LatePolicy)
	}
	var deliveries list[delivery]
	w.call(t, "developer", "GET", "/repository-links/"+link.ID+"/deliveries", "", 200, &deliveries)
	w.call(t, "lead", "DELETE", "/repository-links/"+link.ID, "", 204, nil)
	w.fails(t, "lead", "GET", "/repository-links/"+link.ID, "", 404)
	var removals struct{ Items []HookRemoval }
	w.call(t, "developer", "GET", "/projects/"+w.project.ID+"/hook-removals", "", 200, &removals)
	if len(removals.Items) != 0 {
		t.Errorf("unlinked, and hooks are left: %+v", removals.Items)
	}
}

// reading sees that a link and the list of links say how far a reading is.
func (w *world) reading(t *testing.T, link RepositoryLink) {
	t.Helper()
	err := w.Store.Write(t.Context(), func(tx *store.Tx) error {
		return tx.ShowProgress(t.Context(), towpath.Progress{
			LinkID: link.ID,
			Since:  tx.Now,
			Done:   3,
			Total:  30,
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	var one linkStatus
	w.call(t, "developer", "GET", "/repository-links/"+link.ID, "", 200, &one)
	var many list[RepositoryLink]
	w.call(t, "developer", "GET", "/projects/"+w.project.ID+"/repository-links", "", 200, &many)
	for where, shown := range map[string]*linkReading{"link": one.Reading, "list": many.Items[0].Reading} {
		if shown == nil || shown.Done != 3 || shown.Total != 30 || shown.Since.IsZero() {
			t.Errorf("the %s shows %+v", where, shown)
		}
	}
	if one.WaitsFor == nil || !strings.HasPrefix(one.WaitsFor.Text, "Reading 3 of 30 files since ") {
		t.Errorf("it waits for %+v", one.WaitsFor)
	}
}

func TestHook_needsAValidSignature(t *testing.T) {
	t.Parallel()
	w := setupWorld(t)
	link := w.linked(t)
	w.finished(t, 1)
	var key string
	var sealed []byte
	if err := w.Store.Read(t.Context(), func(tx *store.Tx) error {
		l, err := tx.Link(t.Context(), link.ID)
		key, sealed = l.HookKey, l.EncryptedHookSecret
		return err
	}); err != nil {
		t.Fatal(err)
	}
	hookSecret, err := w.Keyring.Decrypt(sealed, "repository_link/"+link.ID+"/hook")
	if err != nil {
		t.Fatal(err)
	}
	body := []byte(`{"repository":{"uuid":"` + link.RepositoryID + `","full_name":"` + repositoryName +
		`"},"push":{"changes":[]}}`)
	mac := hmac.New(sha256.New, hookSecret)
	mac.Write(body)
	good := "sha256=" + hex.EncodeToString(mac.Sum(nil))
	for name, c := range map[string]struct {
		key, signature string
		body           []byte
		want           int
	}{
		"good":      {key, good, body, 204},
		"unsigned":  {key, "", body, 401},
		"tampered":  {key, good, append(bytes.Clone(body), ' '), 401},
		"unknown":   {"x", good, body, 404},
		"too large": {key, good, make([]byte, bodyLimit+1), 413},
	} {
		r := w.send(t, "nobody", "POST", hookPrefix+c.key, string(c.body), "X-Hub-Signature", c.signature,
			"X-Event-Key", "repo:push", "X-Request-UUID", name, "X-Hook-UUID", "x")
		if r.StatusCode != c.want {
			t.Errorf("%s: %d, want %d: %s", name, r.StatusCode, c.want, r.body)
		}
	}
	var deliveries list[delivery]
	waitFor(t, "the delivery", func() bool {
		w.call(t, "developer", "GET", "/repository-links/"+link.ID+"/deliveries", "", 200, &deliveries)
		return len(deliveries.Items) > 0
	})
	w.call(t, "developer", "POST", "/repository-links/"+link.ID+"/deliveries/"+deliveries.Items[0].ID+
		"/replay", "", 204, nil)
	if strings.Contains(w.log.String(), key) {
		t.Error("the log holds the hook's key")
	}
	if r := w.send(t, "nobody", http.MethodGet, hookPrefix+key, ""); r.StatusCode == 204 {
		t.Error("a GET was taken for a delivery")
	}
}

func TestStateOfLink_namesWhatNeedsAPersonFirst(t *testing.T) {
	t.Parallel()
	gone := towpath.Why(towpath.ReasonHookAccountGone)
	for _, c := range []struct {
		link towpath.RepositoryLink
		open towpath.RolloutState
		want LinkState
	}{
		{towpath.RepositoryLink{}, "", LinkPending},
		{towpath.RepositoryLink{HeadCommit: "b", SyncedCommit: "a"}, "", LinkPending},
		{towpath.RepositoryLink{HeadCommit: "a", SyncedCommit: "a"}, "", LinkConnected},
		{
			towpath.RepositoryLink{
				HeadCommit:   "a",
				SyncedCommit: "a",
				HookState:    towpath.HookMissing,
			},
			"", LinkMissing,
		},
		{towpath.RepositoryLink{HookState: towpath.HookMissing}, towpath.RolloutRunning, LinkRunning},
		{towpath.RepositoryLink{UnplannedFiles: 1}, "", LinkUnplanned},
		{towpath.RepositoryLink{UnplannedFiles: 1}, towpath.RolloutPending, LinkUnplanned},
		{towpath.RepositoryLink{UnplannedFiles: 1}, towpath.RolloutFailed, LinkFailed},
		{towpath.RepositoryLink{UnplannedFiles: 1, AttentionReason: gone}, "", LinkAttention},
	} {
		if got := stateOfLink(c.link, c.open); got != c.want {
			t.Errorf("%+v with %q is %s, want %s", c.link, c.open, got, c.want)
		}
	}
}
