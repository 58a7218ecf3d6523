package api

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"towpath"
	"towpath/internal/plan"
	"towpath/internal/store"
	"towpath/internal/webhook"
)

// unaudited are the routes that write no audit event, and why.
var unaudited = map[string]string{
	"POST /instances/check":                             "tries a connection and stores nothing",
	"POST /projects/{project}/rehearsals/check":         "tries to make scratch databases and stores nothing",
	"POST /projects/{project}/repository-links/preview": "reads the repository and stores nothing",
	"POST /repository-links/{link}/preview":             "reads the repository and stores nothing",
}

// auditedElsewhere are routes that need more than one server or another tool's table, and the test
// that counts their event.
var auditedElsewhere = map[string]string{
	"POST /databases/{database}/baseline-file":                "baseline-file of TestScenarios",
	"POST /databases/{database}/drifts/{drift}/repair":        "drift-repair of TestScenarios",
	"POST /repository-links/{link}/histories/accept":          "everywhere-history of TestScenarios",
	"POST /repository-links/{link}/histories/acknowledge":     "everywhere-history of TestScenarios",
	"POST /repository-links/{link}/reviews/{review}/renumber": "TestRenumber of package sync",
}

// auditWalk calls routes and expects an audit event of each.
type auditWalk struct {
	*world
	called map[string]bool
}

// writes calls a route, which must succeed and write an act of the caller. ids are the values of the
// placeholders in its path.
func (w *auditWalk) writes(
	t *testing.T, who, route string, want towpath.EventKind, body string, ids ...string,
) response {
	t.Helper()
	method, path, _ := strings.Cut(route, " ")
	w.called[route] = true
	path = regexp.MustCompile(`\{\w+\}`).ReplaceAllStringFunc(path, func(string) string {
		id := ids[0]
		ids = ids[1:]
		return url.PathEscape(id)
	})
	var headers []string
	if strings.HasPrefix(who, sessionCookie) {
		headers, who = []string{"Cookie", who}, "nobody"
	}
	var head towpath.AuditHead
	var events []towpath.Event
	read := func(do func(ctx context.Context, tx *store.Tx) error) {
		t.Helper()
		if err := w.Store.Read(t.Context(), func(tx *store.Tx) error { return do(t.Context(), tx) }); err != nil {
			t.Fatal(err)
		}
	}
	read(func(ctx context.Context, tx *store.Tx) (err error) {
		head, err = tx.AuditHead(ctx)
		return err
	})
	r := w.send(t, who, method, "/api/v1"+path, body, headers...)
	if r.StatusCode >= 300 {
		t.Fatalf("%s as %s: %d: %s", route, who, r.StatusCode, r.body)
	}
	read(func(ctx context.Context, tx *store.Tx) (err error) {
		events, err = tx.AuditRows(ctx, head.Number, 100)
		return err
	})
	if !slices.ContainsFunc(events, func(e towpath.Event) bool {
		known := w.members[who].ID
		return e.Kind == want && e.ActorID != "" && (known == "" || e.ActorID == known) &&
			e.Origin.Via != "" && e.Origin.Via != towpath.OriginSystem && e.Origin.Address == "127.0.0.1"
	}) {
		t.Errorf("%s writes %+v, want %s", route, events, want)
	}
	return r
}

// idOf reads the id of what a route has made.
func idOf(t *testing.T, r response) string {
	t.Helper()
	return decode[struct{ ID string }](t, r).ID
}

// TestRoutes_writeAuditEvents calls every route that changes something.
func TestRoutes_writeAuditEvents(t *testing.T) {
	t.Parallel()
	w := &auditWalk{world: setupWorld(t), called: map[string]bool{}}
	w.walkPeople(t)
	w.walkWorkspace(t)
	w.walkLinks(t)
	w.walkTasks(t)
	routes := map[string]bool{}
	for _, r := range w.routes() {
		route := r.Method + " " + r.Path
		routes[route] = true
		if r.Method != "GET" && !w.called[route] && unaudited[route] == "" && auditedElsewhere[route] == "" {
			t.Errorf("no step of this test calls %s: let it write an audit event, and add a step", route)
		}
	}
	for route := range maps.Keys(unaudited) {
		if !routes[route] || w.called[route] {
			t.Errorf("%s is in the list of those without an event, but is not or writes one", route)
		}
	}
	for route := range maps.Keys(auditedElsewhere) {
		if !routes[route] {
			t.Errorf("there is no route %s", route)
		}
	}
}

func (w *auditWalk) walkPeople(t *testing.T) {
	t.Helper()
	first := &auditWalk{world: &world{bundle: newcomer(t)}, called: w.called}
	first.writes(t, "nobody", "POST /setup", towpath.ActMemberSetup, `{"token":"`+first.Auth.SetupToken()+
		`","email":"ada@example.com","name":"Ada","password":"`+password+`"}`)
	r := first.writes(t, "nobody", "POST /session", towpath.ActSessionStart,
		`{"email":"ada@example.com","password":"`+password+`"}`)
	cookie := sessionCookie + "=" + r.Cookies()[0].Value
	first.writes(t, cookie, "PUT /session/password", towpath.ActMemberPassword,
		`{"current":"`+password+`","new":"another `+password+`"}`)
	token := idOf(t, first.writes(t, cookie, "POST /api-tokens", towpath.ActTokenCreate, `{"name":"CI"}`))
	first.writes(t, cookie, "DELETE /api-tokens/{token}", towpath.ActTokenRevoke, "", token)
	bot := idOf(t, first.writes(t, cookie, "POST /service-accounts", towpath.ActServiceAdd,
		`{"name":"release-bot","role":"dba"}`))
	key := idOf(t, first.writes(t, cookie, "POST /service-accounts/{member}/api-tokens", towpath.ActServiceToken,
		`{"name":"CI"}`, bot))
	first.writes(t, cookie, "DELETE /service-accounts/{member}/api-tokens/{token}",
		towpath.ActServiceTokenRevoke, "", bot, key)
	w.writes(t, "owner", "POST /receipt-keys", towpath.ActReceiptKey, "")
	r = first.writes(t, cookie, "POST /members", towpath.ActMemberInvite,
		`{"email":"bob@example.com","role":"dba"}`)
	bob := decode[struct{ Member member }](t, r).Member.ID
	r = first.writes(t, cookie, "POST /members/{member}/invitation", towpath.ActMemberReinvite, "", bob)
	link := decode[invitation](t, r).URL
	first.Auth.Mails = true
	first.writes(t, cookie, "POST /members", towpath.ActMemberInviteMail,
		`{"email":"eve@example.com","role":"member","byEmail":true}`)
	first.writes(t, "nobody", "POST /invitations/accept", towpath.ActMemberJoin,
		`{"invitation":"`+link[strings.Index(link, "#")+1:]+`","password":"`+password+`"}`)
	first.writes(t, cookie, "PATCH /members/{member}", towpath.ActMemberRole, `{"role":"member"}`, bob)
	first.writes(t, cookie, "DELETE /session", towpath.ActSessionEnd, "")

	var mine list[credential]
	w.call(t, "owner", "GET", "/sessions", "", 200, &mine)
	w.writes(t, "owner", "DELETE /sessions/{session}", towpath.ActSessionEnd, "", mine.Items[0].ID)
}

func (w *auditWalk) walkWorkspace(t *testing.T) {
	t.Helper()
	w.file(t, "spare", "spare")
	e := idOf(t, w.writes(t, "dba", "POST /environments", towpath.ActEnvironmentCreate, `{"name":"spare"}`))
	other := idOf(t, w.writes(t, "dba", "POST /environments", towpath.ActEnvironmentCreate, `{"name":"other"}`))
	w.writes(t, "dba", "PUT /environments/order", towpath.ActEnvironmentOrder, `{"ids":["`+other+`","`+e+`"]}`)
	w.writes(t, "dba", "PATCH /environments/{environment}", towpath.ActEnvironmentRename, `{"name":"free"}`, e)
	got := make(chan *http.Request, 1)
	far := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got <- r }))
	t.Cleanup(far.Close)
	v := idOf(t, w.writes(t, "dba", "POST /receivers", towpath.ActReceiverAdd,
		`{"name":"chat","kind":"slack","url":"`+far.URL+`/größe","events":["change.failed"]}`))
	w.writes(t, "dba", "PUT /receivers/{receiver}", towpath.ActReceiverUpdate,
		`{"name":"Chat","events":["change.done"]}`, v)
	n := idOf(t, w.writes(t, "dba", "POST /receivers/{receiver}/test", towpath.ActReceiverTest, "", v))
	if r := <-got; r.Header.Get(webhook.SignatureHeader) != "" {
		t.Errorf("the test for a chat has the headers %v", r.Header)
	}
	w.writes(t, "dba", "POST /notifications/{notification}/replay", towpath.ActNotificationReplay, "", n)
	w.writes(t, "dba", "DELETE /receivers/{receiver}", towpath.ActReceiverDelete, "", v)
	w.writes(t, "dba", "PUT /environments/{environment}/approval-hook", towpath.ActApprovalHook,
		`{"url":"`+far.URL+`/größe","secret":"0123456789abcdef"}`, e)
	w.writes(t, "dba", "POST /environments/{environment}/approval-hook/test", towpath.ActApprovalHookTest, "", e)
	if r := <-got; r.Header.Get(webhook.SignatureHeader) == "" {
		t.Errorf("the test has the headers %v", r.Header)
	}
	w.writes(t, "dba", "DELETE /environments/{environment}/approval-hook", towpath.ActApprovalHookRemove, "", e)
	w.writes(t, "dba", "PATCH /review-policies/{environment}", towpath.ActReviewPreset, `{"preset":"strict"}`, e)
	w.writes(t, "dba", "DELETE /environments/{environment}", towpath.ActEnvironmentDelete, "", other)
	i := idOf(t, w.writes(t, "dba", "POST /instances", towpath.ActInstanceAdd,
		`{"name":"spare","engine":"sqlite","environmentId":"`+e+`","address":"spare"}`))
	w.writes(t, "dba", "POST /instances/{instance}/check", towpath.ActInstanceCheck, "", i)
	w.writes(t, "dba", "POST /instances/{instance}/discover", towpath.ActInstanceDiscover, "", i)
	w.writes(t, "dba", "PATCH /instances/{instance}", towpath.ActInstanceUpdate, `{"name":"free"}`, i)
	var found list[database]
	w.call(t, "dba", "GET", "/databases?instance="+i, "", 200, &found)
	d := found.Items[0].ID
	p := idOf(t, w.writes(t, "dba", "POST /projects", towpath.ActProjectCreate, `{"name":"Free"}`))
	w.writes(t, "owner", "PATCH /projects/{project}", towpath.ActProjectRename, `{"name":"größe"}`, p)
	w.writes(t, "dba", "PATCH /projects/{project}/rehearsals", towpath.ActProjectRehearse, `{"rehearse":true}`, p)
	who := w.members["outsider"].ID
	w.writes(t, "owner", "PUT /projects/{project}/members/{member}", towpath.ActProjectMember,
		`{"role":"developer"}`, p, who)
	w.writes(t, "owner", "DELETE /projects/{project}/members/{member}", towpath.ActProjectMemberRemove, "", p, who)
	w.writes(t, "dba", "PATCH /databases/{database}", towpath.ActDatabaseAssign, `{"projectId":"`+p+`"}`, d)
	w.writes(t, "dba", "POST /databases/{database}/adopt-ledger", towpath.ActLedgerAdopt, "", d)
	w.writes(t, "dba", "POST /databases/{database}/accept-ledger", towpath.ActLedgerAccept, "", d)
	checked := decode[schemaCheck](t,
		w.writes(t, "dba", "POST /databases/{database}/schema-check", towpath.ActSchemaCheck, "", d))
	w.writes(t, "dba", "POST /databases/{database}/schema-check/accept", towpath.ActSchemaAccept,
		`{"found":"`+checked.Found+`","why":"größe"}`, d)
	w.writes(t, "dba", "PATCH /databases/{database}", towpath.ActDatabaseUnassign, `{"projectId":""}`, d)
	w.writes(t, "dba", "DELETE /instances/{instance}", towpath.ActInstanceDelete, "", i)
}

func (w *auditWalk) walkTasks(t *testing.T) {
	t.Helper()
	ids := w.things(t)
	rollout := ids["{rollout}"]
	task := func(state towpath.TaskState, why towpath.ReasonCode) string {
		t.Helper()
		k := towpath.Task{
			RolloutID:     rollout,
			ProjectID:     w.project.ID,
			DatabaseID:    ids["{database}"],
			EnvironmentID: ids["{environment}"],
			State:         state,
			Action:        towpath.ActionRecord,
		}
		k.Version, k.Type, k.Path = store.NewID(), towpath.TypeDDL, "größe.sql"
		if why != "" {
			k.Reason = towpath.Why(why)
		}
		if err := w.Store.Write(t.Context(), func(tx *store.Tx) error { return tx.CreateTask(t.Context(), &k) }); err != nil {
			t.Fatal(err)
		}
		return k.ID
	}
	const at = "POST /rollouts/{rollout}/tasks/{task}/"
	w.writes(t, "lead", at+"release", towpath.ActTaskRelease, "", rollout,
		task(towpath.TaskHeld, towpath.ReasonEdited))
	w.writes(t, "lead", at+"retry", towpath.ActTaskRetry, "", rollout, task(towpath.TaskFailed, ""))
	w.writes(t, "lead", at+"cancel", towpath.ActTaskCancel, "", rollout, task(towpath.TaskRunning, ""))
	w.writes(t, "lead", at+"skip", towpath.ActTaskSkip, `{"reason":"größe"}`, rollout, task(towpath.TaskHeld, ""))
	w.writes(t, "dba", at+"mark", towpath.ActTaskMarkDespite, `{"why":"größe","despite":true}`, rollout,
		w.failedFile(t, rollout, ids))
	w.writes(t, "dba", at+"resolve", towpath.ActTaskApplied, `{"outcome":"applied"}`, rollout,
		task(towpath.TaskUnknown, ""))
	w.writes(t, "dba", "PATCH /environments/{environment}", towpath.ActEnvironmentGate,
		`{"start":"manual","consent":{"people":1,"roles":["dba"]}}`, ids["{environment}"])
	w.walkPauses(t, rollout, ids["{database}"])
	task(towpath.TaskHeld, towpath.ReasonManualStart)
	w.walkSchedule(t, rollout)
	w.walkGate(t, rollout)
	task(towpath.TaskHeld, towpath.ReasonManualStart)
	w.atGate(t, "owner", "break-glass", towpath.ActBreakGlass, `,"why":"größe"`, rollout)
	var box inbox
	w.call(t, "dba", "GET", "/inbox", "", 200, &box)
	w.writes(t, "dba", "POST /rollouts/{rollout}/second-looks/{look}", towpath.ActSecondLook,
		`{"note":"größe"}`, rollout, box.Looks[0].Look.ID)
	removal := towpath.HookRemoval{
		ID: store.NewID(), ProjectID: w.project.ID, GrantID: ids["{grant}"], GivenUp: true,
	}
	if err := w.Store.Write(t.Context(), func(tx *store.Tx) error {
		return tx.PutHookRemoval(t.Context(), removal, tx.Now)
	}); err != nil {
		t.Fatal(err)
	}
	w.writes(t, "lead", "DELETE /projects/{project}/hook-removals/{removal}", towpath.ActHookForget, "",
		w.project.ID, removal.ID)
	w.writes(t, "lead", "DELETE /repository-links/{link}", towpath.ActLinkRemove, "", ids["{link}"])
}

// failedFile adds a failed task of a file that the branch has, and returns its id.
func (w *auditWalk) failedFile(t *testing.T, rollout string, ids map[string]string) string {
	t.Helper()
	k := towpath.Task{
		RolloutID: rollout, ProjectID: w.project.ID, DatabaseID: ids["{database}"],
		EnvironmentID: ids["{environment}"], State: towpath.TaskFailed, Action: towpath.ActionApply,
		Migration: towpath.Migration{
			MigrationID: towpath.MigrationID{Version: "4711", Type: towpath.TypeDDL}, Path: "4711.sql", Checksum: "x",
		},
	}
	if err := w.Store.Write(t.Context(), func(tx *store.Tx) error {
		f := towpath.ManifestFile{LinkID: ids["{link}"], State: towpath.FileMatched, Migration: k.Migration}
		return errors.Join(tx.PutManifestFile(t.Context(), f), tx.CreateTask(t.Context(), &k))
	}); err != nil {
		t.Fatal(err)
	}
	return k.ID
}

func (w *auditWalk) walkPauses(t *testing.T, rollout, database string) {
	t.Helper()
	const why = `{"why":"größe"}`
	w.writes(t, "lead", "PUT /rollouts/{rollout}/pause", towpath.ActPauseRollout, why, rollout)
	w.writes(t, "lead", "DELETE /rollouts/{rollout}/pause", towpath.ActResumeRollout, "", rollout)
	w.writes(t, "dba", "PUT /databases/{database}/pause", towpath.ActPauseDatabase, why, database)
	w.writes(t, "dba", "DELETE /databases/{database}/pause", towpath.ActResumeDatabase, "", database)
	w.writes(t, "dba", "PUT /pause", towpath.ActPauseAll, why)
	w.writes(t, "dba", "DELETE /pause", towpath.ActResumeAll, "")
}

func (w *auditWalk) walkSchedule(t *testing.T, rollout string) {
	t.Helper()
	var seen rolloutDetail
	w.call(t, "lead", "GET", "/rollouts/"+rollout, "", 200, &seen)
	for _, stage := range seen.Stages {
		if stage.Start == nil {
			continue
		}
		w.writes(t, "lead", "PUT /rollouts/{rollout}/stages/{environment}/schedule", towpath.ActStageSchedule,
			`{"evidence":"`+string(stage.Start.Evidence)+`","at":"`+time.Now().Add(time.Hour).Format(time.RFC3339)+`"}`,
			rollout, stage.EnvironmentID)
		w.writes(t, "lead", "DELETE /rollouts/{rollout}/stages/{environment}/schedule",
			towpath.ActStageUnschedule, "", rollout, stage.EnvironmentID)
	}
}

func (w *auditWalk) walkGate(t *testing.T, rollout string) {
	t.Helper()
	w.atGate(t, "dba", "approvals", towpath.ActStageRefuse, `,"refused":true,"why":"größe"`, rollout)
	id := w.atGate(t, "dba", "approvals", towpath.ActStageApprove, "", rollout)
	w.writes(t, "dba", "DELETE /rollouts/{rollout}/stages/{environment}/approvals", towpath.ActStageWithdraw, "",
		rollout, id)
	var seen rolloutDetail
	w.call(t, "dba", "GET", "/rollouts/"+rollout, "", 200, &seen)
	at := slices.IndexFunc(seen.Stages, func(s stage) bool { return s.Start != nil })
	w.writes(t, "dba approvals", "POST /approvals", towpath.ActStageApprove, `{"rollout":"`+rollout+
		`","environment":"`+id+`","evidence":"`+string(seen.Stages[at].Start.Evidence)+`","answer":"approve"}`)
	w.atGate(t, "lead", "start", towpath.ActRolloutStart, "", rollout)
}

// atGate decides about the stage that waits, as the page shows it, and returns its environment.
func (w *auditWalk) atGate(
	t *testing.T, who, verb string, want towpath.EventKind, more, rollout string,
) (environmentID string) {
	t.Helper()
	var seen rolloutDetail
	w.call(t, who, "GET", "/rollouts/"+rollout, "", 200, &seen)
	for _, stage := range seen.Stages {
		if stage.Start != nil {
			w.writes(t, who, "POST /rollouts/{rollout}/stages/{environment}/"+verb, want,
				`{"evidence":"`+string(stage.Start.Evidence)+`"`+more+`}`, rollout, stage.EnvironmentID)
			return stage.EnvironmentID
		}
	}
	t.Fatalf("nothing waits for a start: %+v", seen)
	return ""
}

func (w *auditWalk) walkLinks(t *testing.T) {
	t.Helper()
	r := w.writes(t, "owner", "POST /git-provider-verifications", towpath.ActProviderSignIn, w.wizard())
	v := decode[verification](t, r)
	w.consent(t, v.AuthorizeURL, "grant", "")
	provider := idOf(t, w.writes(t, "owner", "POST /git-providers", towpath.ActProviderAdd,
		`{"verificationId":"`+v.ID+`","connectAccount":false}`))
	w.writes(t, "owner", "PATCH /git-providers/{provider}", towpath.ActProviderRename,
		`{"displayName":"größe"}`, provider)
	r = w.writes(t, "owner", "POST /git-providers/{provider}/secret-verifications", towpath.ActProviderSignIn,
		`{"applicationId":"`+w.consumer.Key+`","secret":"`+w.consumer.Secret+`"}`, provider)
	v = decode[verification](t, r)
	w.consent(t, v.AuthorizeURL, "grant", "")
	w.writes(t, "owner", "PUT /git-providers/{provider}/secret", towpath.ActProviderSecret,
		`{"verificationId":"`+v.ID+`"}`, provider)
	r = w.writes(t, "owner", "POST /git-providers/{provider}/grants", towpath.ActProviderSignIn, "", provider)
	v = decode[verification](t, r)
	w.consent(t, v.AuthorizeURL, "grant", "")
	var log list[auditEvent]
	w.call(t, "owner", "GET", "/audit-events?act=grant.connect", "", 200, &log)
	w.call(t, "owner", "GET", "/git-provider-verifications/"+v.ID, "", 200, &v)
	if len(log.Items) != 1 || log.Items[0].Subject != v.GrantID {
		t.Errorf("the callback wrote %+v", log.Items)
	}

	w.targets(t)
	w.commit(t, map[string]string{"shop/1__ddl__a.sql": "CREATE TABLE a (id INTEGER);\n"})
	var found repositories
	w.call(t, "owner", "GET", "/grants/"+v.GrantID+"/repositories", "", 200, &found)
	link := idOf(t, w.writes(t, "owner", "POST /projects/{project}/repository-links", towpath.ActLinkAdd,
		`{"grantId":"`+v.GrantID+`","repositoryId":"`+found.Items[0].ID+`",`+linkBody+`,"existingFiles":"run"}`,
		w.project.ID))
	w.walkFiles(t, link)
	w.writes(t, "owner", "POST /repository-links/{link}/take-over", towpath.ActLinkTakeOver,
		`{"grantId":"`+v.GrantID+`"}`, link)
	w.writes(t, "lead", "DELETE /repository-links/{link}", towpath.ActLinkRemove, "", link)
	w.writes(t, "owner", "DELETE /git-providers/{provider}", towpath.ActProviderDelete, "", provider)
}

// walkUndo pushes a file with a way back, and undoes it in a database that no later one follows.
func (w *auditWalk) walkUndo(t *testing.T, link, databaseID string, held func() bool) {
	t.Helper()
	w.commit(t, map[string]string{
		"shop/1__ddl__a.sql": "CREATE TABLE b (id INTEGER);\n",
		"shop/3__ddl__d.sql": "-- +goose Up\nCREATE TABLE d (id INTEGER);\n-- +goose Down\nDROP TABLE d;\n",
	})
	w.call(t, "lead", "POST", "/repository-links/"+link+"/sync", "", 204, nil)
	var seen undoPreview
	waitFor(t, "a version that can be undone", func() bool {
		seen = undoPreview{}
		w.call(t, "lead", "GET", "/databases/"+databaseID+"/undo", "", 200, &seen)
		return seen.WayBack != nil
	})
	w.writes(t, "lead", "POST /databases/{database}/undo", towpath.ActMigrationUndo,
		`{"version":"3","checksum":"`+seen.Migration.Checksum+`","why":"größe"}`, databaseID)
	waitFor(t, "an undone file", held)
}

// walkFiles pushes files about which people decide.
func (w *auditWalk) walkFiles(t *testing.T, link string) {
	t.Helper()
	var now linkStatus
	planned := func(state plan.ItemState, n int) func() bool {
		return func() bool {
			now = linkStatus{}
			w.call(t, "lead", "GET", "/repository-links/"+link, "", 200, &now)
			return now.Plan.Counts[state] == n
		}
	}
	waitFor(t, "the first file in both databases", planned(plan.ItemApplied, 2))
	w.commit(t, map[string]string{
		"shop/1__ddl__a.sql": "CREATE TABLE b (id INTEGER);\n",
		"shop/2__ddl__c.sql": "version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n",
	})
	w.writes(t, "developer", "POST /repository-links/{link}/sync", towpath.ActLinkSync, "", link)
	waitFor(t, "an edited file", planned(plan.ItemEdited, 2))
	waitFor(t, "a file that cannot run", planned(plan.ItemUnusable, 2))
	d := now.Plan.Items[0].DatabaseID
	w.writes(t, "lead", "POST /repository-links/{link}/skip", towpath.ActMigrationSkip,
		`{"databaseId":"`+d+`","version":"2","type":"ddl","reason":"größe"}`, link)
	w.writes(t, "lead", "POST /repository-links/{link}/accept", towpath.ActMigrationAccept,
		`{"databaseId":"`+d+`","version":"1","type":"ddl"}`, link)
	w.writes(t, "lead", "POST /repository-links/{link}/accept-edited", towpath.ActMigrationAccept,
		`{"commit":"`+now.SyncedCommit+`"}`, link)
	w.walkUndo(t, link, d, func() bool { return planned(plan.ItemHeld, 1)() })
	var deliveries list[delivery]
	waitFor(t, "a delivery", func() bool {
		w.call(t, "developer", "GET", "/repository-links/"+link+"/deliveries", "", 200, &deliveries)
		return len(deliveries.Items) > 0
	})
	w.writes(t, "developer", "POST /repository-links/{link}/deliveries/{delivery}/replay",
		towpath.ActDeliveryReplay, "", link, deliveries.Items[0].ID)
	w.writes(t, "lead", "PATCH /repository-links/{link}", towpath.ActLinkEdit, `{"latePolicy":"apply"}`, link)
}
