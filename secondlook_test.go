package towpath_test

import (
	"testing"
	"time"

	"towpath"
)

func TestSecondLook_allowsOnlyAnotherPersonWhoMayApprove(t *testing.T) {
	t.Parallel()
	look := towpath.SecondLook{MemberID: "ada", Authors: []string{"bo"}}
	member := func(id string, role towpath.Role) towpath.Member {
		return towpath.Member{ID: id, Role: role, PasswordHash: "x"}
	}
	gone := member("cy", towpath.RoleDBA)
	gone.DeactivatedAt = &time.Time{}
	single := towpath.Member{ID: "cy", Role: towpath.RoleDBA, Subject: "248289761001"}
	bot := towpath.Member{ID: "cy", Role: towpath.RoleDBA, Service: true, Subject: "x", PasswordHash: "x"}
	invited := towpath.Member{ID: "cy", Role: towpath.RoleDBA}
	developers := towpath.Consent{Roles: []towpath.ApproverRole{towpath.ApproveProjectDeveloper}}
	for name, c := range map[string]struct {
		member  towpath.Member
		project towpath.ProjectRole
		consent towpath.Consent
		allowed bool
	}{
		"a DBA":                          {member("cy", towpath.RoleDBA), "", towpath.Consent{}, true},
		"who started it":                 {member("ada", towpath.RoleOwner), "", towpath.Consent{}, false},
		"an author":                      {member("bo", towpath.RoleDBA), "", towpath.Consent{}, false},
		"a member without a role":        {member("cy", towpath.RoleMember), "", towpath.Consent{}, false},
		"somebody who was deactivated":   {gone, "", towpath.Consent{}, false},
		"a DBA by single sign-on":        {single, "", towpath.Consent{}, true},
		"a program":                      {bot, "", towpath.Consent{}, false},
		"who has not joined yet":         {invited, "", towpath.Consent{}, false},
		"a project owner":                {member("cy", towpath.RoleMember), towpath.ProjectOwner, towpath.Consent{}, true},
		"a developer":                    {member("cy", towpath.RoleMember), towpath.ProjectDeveloper, towpath.Consent{}, false},
		"a developer who is asked":       {member("cy", towpath.RoleMember), towpath.ProjectDeveloper, developers, true},
		"a DBA where only others count":  {member("cy", towpath.RoleDBA), "", developers, false},
		"an author with a role that can": {member("bo", towpath.RoleMember), towpath.ProjectDeveloper, developers, false},
	} {
		if got := look.Allows(c.member, c.project, c.consent); got != c.allowed {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestSecondLook_isOverdueAfterADayUntilSomebodyLooks(t *testing.T) {
	t.Parallel()
	at := time.Date(2027, 2, 3, 12, 0, 0, 0, time.UTC)
	look := towpath.SecondLook{At: at}
	if look.Overdue(at.Add(24*time.Hour-time.Second)) || !look.Overdue(at.Add(24*time.Hour)) {
		t.Errorf("due at %s", look.DueAt())
	}
	look.LookedAt = &at
	if look.Overdue(at.AddDate(1, 0, 0)) {
		t.Error("it is overdue although somebody has looked")
	}
}
