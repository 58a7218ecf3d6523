package api

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"towpath"
	"towpath/internal/store"
)

// follow opens a member's stream and returns a function that reads its next event.
func (b *bundle) follow(ctx context.Context, t *testing.T, who string) (next func() Event) {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, "GET", b.url+"/api/v1/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+b.tokens[who])
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() }) // the test is over
	if kind := resp.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Fatalf("got %q", kind)
	}
	lines := bufio.NewScanner(resp.Body)
	return func() (e Event) {
		t.Helper()
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				if err := json.Unmarshal([]byte(data), &e); err != nil {
					t.Fatal(err)
				}
				return e
			}
		}
		t.Fatalf("the stream of %s ended: %v", who, lines.Err())
		return e
	}
}

// until reads a stream up to an event, and returns what came before it.
func until(t *testing.T, next func() Event, last Event) (before []Event) {
	t.Helper()
	for e := next(); e != last; e = next() {
		before = append(before, e)
	}
	return before
}

func TestEvents_nameTheChangedObjects(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	next := b.follow(ctx, t, "owner")
	if first := next(); first != (Event{Kind: kindReset}) {
		t.Fatalf("the stream begins with %+v", first)
	}
	var environment towpath.Environment
	err := b.Store.Write(ctx, func(tx *store.Tx) error {
		environment = towpath.Environment{Name: "größe"}
		if err := tx.CreateEnvironment(ctx, &environment); err != nil {
			return err
		}
		project, err := tx.Project(ctx, b.project.ID)
		if err != nil {
			return err
		}
		tx.Emit(towpath.Event{
			Kind: "environment.add", ActorID: b.members["owner"].ID,
			SubjectID: environment.ID,
		})
		return tx.UpdateProject(ctx, &project)
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []Event{
		{Kind: eventKind(towpath.EventEnvironmentCreated), SubjectID: environment.ID},
		{Kind: kindAudit},
		{Kind: eventKind(towpath.EventProjectChanged), ProjectID: b.project.ID},
	}
	got := []Event{next(), next(), next()}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestEvents_reachMembersOfTheProject(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	next := map[string]func() Event{}
	for _, who := range []string{"owner", "dba", "lead", "developer", "outsider"} {
		next[who] = b.follow(ctx, t, who)
		next[who]()
	}
	last := towpath.Environment{Name: "last"}
	err := b.Store.Write(ctx, func(tx *store.Tx) error {
		other := towpath.Project{Name: "Secret"}
		if err := tx.CreateProject(ctx, &other); err != nil {
			return err
		}
		project, err := tx.Project(ctx, b.project.ID)
		if err != nil {
			return err
		}
		tx.Emit(towpath.Event{Kind: "task.retry", ActorID: b.members["owner"].ID, ProjectID: project.ID})
		tx.Emit(towpath.Event{Kind: towpath.EventDatabaseCreated, DatabaseID: "free"})
		tx.Emit(towpath.Event{
			Kind: towpath.EventGrantChanged, MemberID: b.members["developer"].ID,
			SubjectID: "grant",
		})
		if err := tx.UpdateProject(ctx, &project); err != nil {
			return err
		}
		if err := tx.SetProjectMember(ctx, towpath.ProjectMember{
			ProjectID: other.ID,
			MemberID:  b.members["lead"].ID, Role: towpath.ProjectOwner,
		}); err != nil {
			return err
		}
		if err := tx.RemoveProjectMember(ctx, other.ID, b.members["lead"].ID); err != nil {
			return err
		}
		return tx.CreateEnvironment(ctx, &last)
	})
	if err != nil {
		t.Fatal(err)
	}
	sees := map[string]string{
		"owner":     "project.created audit database.created project.changed project-member.changed project-member.changed",
		"dba":       "project.created database.created project.changed project-member.changed project-member.changed",
		"lead":      "project.changed project-member.changed project-member.changed",
		"developer": "grant.changed project.changed",
		"outsider":  "",
	}
	for who, want := range sees {
		var kinds []string
		for _, e := range until(t, next[who], Event{
			Kind:      eventKind(towpath.EventEnvironmentCreated),
			SubjectID: last.ID,
		}) {
			kinds = append(kinds, string(e.Kind))
		}
		slices.Sort(kinds)
		wanted := strings.Fields(want)
		slices.Sort(wanted)
		if diff := cmp.Diff(wanted, kinds,
			cmp.Transformer("words", func(w []string) string { return strings.Join(w, " ") })); diff != "" {
			t.Errorf("%s: %s", who, diff)
		}
	}
}

func TestEvents_resetAfterMissedOnes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	next := b.follow(ctx, t, "developer")
	next()
	err := b.Store.Write(ctx, func(tx *store.Tx) error {
		for n := range 1500 {
			tx.Emit(towpath.Event{
				Kind: towpath.EventInstanceChanged, SubjectID: fmt.Sprint(n),
				Params: map[string]string{},
			})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if e := next(); e.Kind != kindReset {
		t.Errorf("got %+v", e)
	}
}
