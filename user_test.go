package towpath_test

import (
	"strings"
	"testing"

	"towpath"
)

// The whole table of permissions: O owner, D DBA, M member of the workspace; o owner, d developer
// of the project.
func TestRoles_whoMayDoWhat(t *testing.T) {
	t.Parallel()
	rights := map[towpath.Permission]string{
		towpath.ManageGitProviders: "O",
		towpath.ManageMembers:      "O",
		towpath.ViewWorkspace:      "ODM",
		towpath.ManageEnvironments: "OD",
		towpath.ManageInstances:    "OD",
		towpath.CreateProjects:     "OD",
		towpath.UseGitProviders:    "ODM",
		towpath.ViewProject:        "ODod",
		towpath.ManageProject:      "Oo",
		towpath.ManageLinks:        "Oo",
		towpath.SyncProject:        "ODod",
		towpath.RunRollouts:        "ODo",
		towpath.ResolveUnknown:     "OD",
		"no.such.right":            "",
	}
	workspace := map[towpath.Role]string{
		towpath.RoleOwner: "O", towpath.RoleDBA: "D",
		towpath.RoleMember: "M", "": "-", "admin": "-",
	}
	project := map[towpath.ProjectRole]string{
		towpath.ProjectOwner: "o", towpath.ProjectDeveloper: "d",
		"": "-", "owner ": "-",
	}
	for right, who := range rights {
		for role, letter := range workspace {
			if got := role.Can(right); got != strings.Contains(who, letter) {
				t.Errorf("workspace %q can %s: %v", role, right, got)
			}
		}
		for role, letter := range project {
			if got := role.Can(right); got != strings.Contains(who, letter) {
				t.Errorf("project %q can %s: %v", role, right, got)
			}
		}
	}
	for role, letter := range workspace {
		if role.Valid() != (letter != "-") {
			t.Errorf("workspace %q: valid %v", role, role.Valid())
		}
	}
	for role, letter := range project {
		if role.Valid() != (letter != "-") {
			t.Errorf("project %q: valid %v", role, role.Valid())
		}
	}
}

func TestEnvironment_Validate(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"test": true, "eu-1": true, "1": true, strings.Repeat("a", 63): true,
		"": false, "Test": false, "-a": false, "a-": false, "a/b": false, "a b": false, "a\n": false,
		strings.Repeat("a", 64): false,
	} {
		err := towpath.Environment{Name: name, Gate: towpath.Gate{Start: towpath.StartAutomatic}}.Validate()
		if (err == nil) != want || !want && towpath.ErrorCode(err) != towpath.CodeInvalid {
			t.Errorf("%q: %v", name, err)
		}
	}
}
