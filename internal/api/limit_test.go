package api

import (
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"towpath"
	rollouts "towpath/internal/rollout"
	"towpath/internal/store"
)

// environmentNamed makes an environment.
func (b *bundle) environmentNamed(t *testing.T, name string) environment {
	t.Helper()
	var e environment
	b.call(t, "dba", "POST", "/environments", `{"name":"`+name+`"}`, 201, &e)
	return e
}

func TestLimits_ofAnEnvironmentAreStored(t *testing.T) {
	t.Parallel()
	b := setup(t)
	made := b.environmentNamed(t, "prod")
	if want := (appliedLimits{
		appliedLimit{3000, "server"},
		appliedLimit{900_000, "server"},
	}); made.Applied != want || made.LockTimeout != 0 {
		t.Errorf("at first: %+v", made)
	}
	var changed environment
	b.call(t, "dba", "PATCH", "/environments/"+made.ID,
		`{"lockTimeout":1500,"maxLockTimeout":5000,"maxStatementTimeout":60000}`, 200, &changed)
	b.call(t, "dba", "PATCH", "/environments/"+made.ID, `{"name":"live"}`, 200, nil)
	var l list[environment]
	b.call(t, "outsider", "GET", "/environments", "", 200, &l)
	changed.Name = "live"
	if !reflect.DeepEqual(l.Items[0], changed) {
		t.Errorf("got %+v, want %+v", l.Items[0], changed)
	}
	if changed.LockTimeout != 1500 || changed.StatementTimeout != 0 || changed.MaxLockTimeout != 5000 ||
		changed.MaxStatementTimeout != 60_000 {
		t.Errorf("own limits are %+v", changed)
	}
	if want := (appliedLimits{
		appliedLimit{1500, "environment"},
		appliedLimit{60_000, "maximum"},
	}); changed.Applied != want {
		t.Errorf("applied are %+v", changed.Applied)
	}
	b.call(t, "dba", "PATCH", "/environments/"+made.ID,
		`{"lockTimeout":0,"maxLockTimeout":0,"maxStatementTimeout":0}`, 200, &changed)
	if changed.Applied != made.Applied {
		t.Errorf("without limits of its own: %+v", changed)
	}
	want := []string{
		"maximum statement timeout of the environment live from 1 minute to none",
		"maximum lock timeout of the environment live from 5 seconds to none",
		"lock timeout of the environment live from 1.5s to none",
		"maximum statement timeout of the environment prod from none to 1 minute",
		"maximum lock timeout of the environment prod from none to 5 seconds",
		"lock timeout of the environment prod from none to 1.5s",
	}
	for i, text := range b.audit(t, towpath.ActEnvironmentLimit) {
		if i >= len(want) || text != "Changed the "+want[i]+"." {
			t.Errorf("the audit has %q", text)
		}
	}
}

func TestEnvironment_allowRolesNeedsItsPermission(t *testing.T) {
	t.Parallel()
	b := setup(t)
	made := b.environmentNamed(t, "prod")
	if made.AllowRoles {
		t.Error("a new environment allows roles")
	}
	b.call(t, "developer", "PATCH", "/environments/"+made.ID, `{"allowRoles":true}`, 403, nil)
	var changed environment
	for _, body := range []string{`{"allowRoles":true}`, `{"name":"live","allowRoles":true}`} {
		if b.call(t, "dba", "PATCH", "/environments/"+made.ID, body, 200, &changed); !changed.AllowRoles {
			t.Errorf("%s: %+v", body, changed)
		}
	}
	b.call(t, "dba", "PATCH", "/environments/"+made.ID, `{"name":"prod"}`, 200, &changed)
	if !changed.AllowRoles {
		t.Error("another name takes it away")
	}
	b.call(t, "dba", "PATCH", "/environments/"+made.ID, `{"allowRoles":false}`, 200, &changed)
	allowed := b.audit(t, towpath.ActEnvironmentAllowRoles)
	refused := b.audit(t, towpath.ActEnvironmentRefuseRoles)
	if changed.AllowRoles || len(allowed) != 1 || len(refused) != 1 {
		t.Errorf("%+v, the audit has %q and %q", changed, allowed, refused)
	}
}

func TestLimits_ofAProjectAreListedByEnvironment(t *testing.T) {
	t.Parallel()
	b := setup(t)
	test, prod := b.environmentNamed(t, "test"), b.environmentNamed(t, "prod")
	b.call(t, "dba", "PATCH", "/environments/"+prod.ID, `{"maxLockTimeout":5000,"statementTimeout":1000}`,
		200, nil)
	var p project
	b.call(t, "lead", "PATCH", "/projects/"+b.project.ID, `{"lockTimeout":10000}`, 200, &p)
	if p.LockTimeout != 10_000 || p.StatementTimeout != 0 || p.Name != "Shop" {
		t.Errorf("project is %+v", p)
	}
	var l list[projectLimits]
	b.call(t, "developer", "GET", "/projects/"+b.project.ID+"/limits", "", 200, &l)
	want := []projectLimits{
		{test.ID, "test", appliedLimits{appliedLimit{10_000, "project"}, appliedLimit{900_000, "server"}}},
		{prod.ID, "prod", appliedLimits{appliedLimit{5000, "maximum"}, appliedLimit{1000, "environment"}}},
	}
	if len(l.Items) != 2 || l.Items[0] != want[0] || l.Items[1] != want[1] {
		t.Errorf("got %+v, want %+v", l.Items, want)
	}
	if got := b.audit(t, towpath.ActProjectLimit); len(got) != 1 ||
		got[0] != "Changed the lock timeout of the project Shop from none to 10 seconds." {
		t.Errorf("the audit has %q", got)
	}
	b.call(t, "lead", "PATCH", "/projects/"+b.project.ID, `{"name":" Store ","lockTimeout":10000}`, 200, &p)
	if p.Name != "Store" || p.LockTimeout != 10_000 || len(b.audit(t, towpath.ActProjectLimit)) != 1 {
		t.Errorf("after renaming: %+v", p)
	}
}

func TestLimits_needTheirPermission(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := "/environments/" + b.environmentNamed(t, "prod").ID
	p := "/projects/" + b.project.ID
	for who, status := range map[string]int{
		"owner": 200, "dba": 200, "lead": 403, "developer": 403,
		"outsider": 403, "nobody": 401,
	} {
		b.call(t, who, "PATCH", e, `{"lockTimeout":1000}`, status, nil)
	}
	for who, status := range map[string]int{
		"owner": 200, "dba": 403, "lead": 200, "developer": 403,
		"outsider": 404, "nobody": 401,
	} {
		b.call(t, who, "PATCH", p, `{"lockTimeout":1000}`, status, nil)
	}
}

func TestLimits_thatAreInvalidChangeNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := "/environments/" + b.environmentNamed(t, "prod").ID
	p := "/projects/" + b.project.ID
	b.call(t, "owner", "PATCH", e, `{"maxLockTimeout":5000}`, 200, nil)
	b.call(t, "owner", "PATCH", p, `{"lockTimeout":7000}`, 200, nil)
	for name, c := range map[string]struct{ path, body, field, says string }{
		"negative": {e, `{"lockTimeout":-1}`, "lockTimeout", "negative"},
		"above its own maximum": {
			e, `{"lockTimeout":6000,"statementTimeout":1000}`, "lockTimeout",
			"raise that maximum",
		},
		"a maximum below zero": {e, `{"maxStatementTimeout":-5}`, "maxStatementTimeout", "negative"},
		"beyond what can be told": {
			e, `{"statementTimeout":9223372036854775807}`, "statementTimeout",
			"at most 168h",
		},
		"below what can be told": {
			e, `{"statementTimeout":-9223372036854775808}`, "statementTimeout",
			"negative",
		},
		"parts of a millisecond": {e, `{"lockTimeout":0.5}`, "lockTimeout", "whole number"},
		"in words":               {p, `{"lockTimeout":"5s"}`, "lockTimeout", "whole number"},
		"a project's, negative":  {p, `{"statementTimeout":-1}`, "statementTimeout", "negative"},
		"a project's, too long":  {p, `{"lockTimeout":86400001}`, "lockTimeout", "at most 24h"},
	} {
		t.Run(name, func(t *testing.T) {
			problem := b.fails(t, "owner", "PATCH", c.path, c.body, 422)
			if len(problem.Errors) != 1 || problem.Errors[0].Location != "body."+c.field ||
				!strings.Contains(problem.Errors[0].Message, c.says) {
				t.Errorf("got %+v", problem)
			}
		})
	}
	var l list[environment]
	b.call(t, "owner", "GET", "/environments", "", 200, &l)
	var seen project
	b.call(t, "owner", "GET", p, "", 200, &seen)
	if l.Items[0].LockTimeout != 0 || l.Items[0].StatementTimeout != 0 || l.Items[0].MaxLockTimeout != 5000 ||
		seen.LockTimeout != 7000 {
		t.Errorf("limits are %+v and %+v", l.Items[0], seen)
	}
}

func TestFromMilliseconds_staysOutOfRange(t *testing.T) {
	t.Parallel()
	for ms, want := range map[int64]bool{
		1: true, 1000: true, math.MaxInt64: false, math.MinInt64: false,
		math.MaxInt64/1_000_000 + 1: false,
	} {
		d := fromMilliseconds(ms)
		if (d == time.Duration(ms)*time.Millisecond) != want || (d > 0) != (ms > 0) {
			t.Errorf("%d is %s", ms, d)
		}
	}
}

func TestCancelTask_showsTheRequest(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.Rollouts = &rollouts.Service{Store: b.Store, Logger: b.Logger}
	ids := b.things(t)
	path := "/rollouts/" + ids["{rollout}"] + "/tasks/" + ids["{task}"]
	if p := b.fails(t, "lead", "POST", path+"/cancel", "", 409); !strings.Contains(p.Detail, "held") {
		t.Errorf("refusal is %q", p.Detail)
	}
	err := b.Store.Write(t.Context(), func(tx *store.Tx) error {
		task, err := tx.Task(t.Context(), ids["{task}"])
		if err != nil {
			return err
		}
		for _, task.State = range []towpath.TaskState{towpath.TaskPending, towpath.TaskRunning} {
			err = errors.Join(err, tx.UpdateTask(t.Context(), &task))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var seen Task
	b.call(t, "lead", "GET", path, "", 200, &seen)
	if seen.CancelAt != nil {
		t.Errorf("before: %+v", seen)
	}
	b.call(t, "lead", "POST", path+"/cancel", "", 200, nil)
	b.call(t, "developer", "GET", path, "", 200, &seen)
	if seen.State != towpath.TaskRunning || seen.CancelAt == nil {
		t.Errorf("after: %+v", seen)
	}
}

// audit lists what was recorded of one kind, the newest first.
func (b *bundle) audit(t *testing.T, kind towpath.EventKind) (texts []string) {
	t.Helper()
	var l list[auditEvent]
	b.call(t, "owner", "GET", "/audit-events", "", 200, &l)
	for _, e := range l.Items {
		if e.Act == act(kind) {
			texts = append(texts, e.Text)
		}
	}
	return texts
}
