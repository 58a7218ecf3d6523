package api

import (
	"strings"
	"testing"

	"towpath"
)

func names(environments []environment) string {
	var list []string
	for _, e := range environments {
		list = append(list, e.Name)
	}
	return strings.Join(list, " ")
}

func TestEnvironments(t *testing.T) {
	t.Parallel()
	b := setup(t)
	made := map[string]environment{}
	for _, name := range []string{"test", "prod", "staging"} {
		var e environment
		b.call(t, "dba", "POST", "/environments", `{"name":"`+name+`"}`, 201, &e)
		made[name] = e
	}
	b.fails(t, "dba", "POST", "/environments", `{"name":"test"}`, 409)
	var l list[environment]
	b.call(t, "dba", "PUT", "/environments/order", `{"ids":["`+made["test"].ID+`","`+made["staging"].ID+`","`+
		made["prod"].ID+`"]}`, 200, nil)
	b.call(t, "outsider", "GET", "/environments", "", 200, &l)
	if got := names(l.Items); got != "test staging prod" {
		t.Errorf("order is %s", got)
	}
	for _, ids := range []string{made["test"].ID, made["test"].ID + `","` + made["test"].ID + `","` +
		made["prod"].ID, "x"} {
		p := b.fails(t, "dba", "PUT", "/environments/order", `{"ids":["`+ids+`"]}`, 422)
		if p.Errors[0].Location != "body.ids" {
			t.Errorf("wrong order gives %+v", p)
		}
	}
	b.call(t, "dba", "PATCH", "/environments/"+made["prod"].ID, `{"name":"live"}`, 200, nil)
	b.call(t, "dba", "DELETE", "/environments/"+made["test"].ID, "", 204, nil)
	b.fails(t, "dba", "DELETE", "/environments/"+made["test"].ID, "", 404)
	b.call(t, "outsider", "GET", "/environments", "", 200, &l)
	if got := names(l.Items); got != "staging live" {
		t.Errorf("environments are %s", got)
	}
}

func TestDeleteEnvironment_namesItsInstances(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ids := b.things(t)
	if p := b.fails(t, "dba", "DELETE", "/environments/"+ids["{environment}"], "",
		409); !strings.Contains(p.Detail, "main") {
		t.Errorf("refusal is %q", p.Detail)
	}
}

func TestProjects_areSeenByTheirMembers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var made project
	b.call(t, "dba", "POST", "/projects", `{"name":" Blog "}`, 201, &made)
	if made.Name != "Blog" {
		t.Errorf("name is %q", made.Name)
	}
	for who, want := range map[string]int{"owner": 2, "dba": 2, "lead": 1, "outsider": 0} {
		var l list[project]
		b.call(t, who, "GET", "/projects", "", 200, &l)
		if len(l.Items) != want {
			t.Errorf("%s sees %d projects, want %d", who, len(l.Items), want)
		}
	}
	b.call(t, "dba", "PUT", "/projects/"+made.ID+"/members/"+b.members["outsider"].ID, `{"role":"developer"}`,
		200, nil)
	var seen project
	b.call(t, "outsider", "GET", "/projects/"+made.ID, "", 200, &seen)
	if len(seen.Permissions) != len(towpath.ProjectDeveloper.Permissions()) {
		t.Errorf("a developer may %v", seen.Permissions)
	}
	var crew list[projectMember]
	b.call(t, "outsider", "GET", "/projects/"+made.ID+"/members", "", 200, &crew)
	if len(crew.Items) != 2 {
		t.Errorf("members are %+v", crew.Items)
	}
	b.call(t, "dba", "DELETE", "/projects/"+made.ID+"/members/"+b.members["outsider"].ID, "", 204, nil)
	b.fails(t, "outsider", "GET", "/projects/"+made.ID, "", 404)
	b.fails(t, "dba", "DELETE", "/projects/"+made.ID+"/members/"+b.members["outsider"].ID, "", 404)
}

func TestLists_arePaged(t *testing.T) {
	t.Parallel()
	b := setup(t)
	seen := map[string]bool{}
	token := ""
	for pages := 0; ; pages++ {
		var l list[member]
		b.call(t, "owner", "GET", "/members?pageSize=2&pageToken="+token, "", 200, &l)
		for _, m := range l.Items {
			seen[m.Email] = true
		}
		if token = l.NextPageToken; token == "" || pages > 5 {
			break
		}
	}
	if len(seen) != 5 {
		t.Errorf("saw %v", seen)
	}
}

// Input that does not match the schema is refused with the field and with what to send instead.
func TestInput_saysWhatToSend(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for body, want := range map[string]fieldProblem{
		`{"name":"` + strings.Repeat("ü", 101) + `"}`: {"body.name", "Use at most 100 characters."},
		`{"name":7}`:                {"body.name", "Use a text in quotes."},
		`{"name":"Shop","größe":1}`: {"body.größe", "There is no such field. Check its name."},
		`{"titel":"Shop"}`:          {"body.titel", "There is no such field. Check its name."},
		`["Shop"]`:                  {"body", "Use an object in braces."},
	} {
		problem := b.fails(t, "owner", "POST", "/projects", body, 422)
		found := false
		for _, got := range problem.Errors {
			found = found || got == want
		}
		if !found {
			t.Errorf("%s: %+v, want %+v", body, problem.Errors, want)
		}
	}
}
