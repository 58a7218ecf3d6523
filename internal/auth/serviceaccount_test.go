package auth_test

import (
	"testing"

	"towpath"
	"towpath/internal/auth"
	"towpath/internal/store"
)

func TestServiceAccount_hasTokensAndNoSignIn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	m, err := b.AddServiceAccount(t.Context(), b.owner, "release-bot", towpath.RoleDBA)
	if err != nil || !m.Service || m.SignsIn() {
		t.Fatalf("AddServiceAccount = %+v, %v", m, err)
	}
	_, err = b.AddServiceAccount(t.Context(), b.owner, "release-bot", towpath.RoleMember)
	wantCode(t, err, towpath.CodeConflict)
	for _, name := range []string{"", "Größe", "a b", "-a", "a@b"} {
		_, err = b.AddServiceAccount(t.Context(), b.owner, name, towpath.RoleMember)
		wantCode(t, err, towpath.CodeInvalid)
	}
	_, err = b.AddServiceAccount(t.Context(), b.owner, "boss", towpath.RoleOwner)
	wantCode(t, err, towpath.CodeInvalid)
	owner := towpath.RoleOwner
	_, err = b.ChangeMember(t.Context(), b.owner, m.ID, auth.MemberChange{Role: &owner})
	wantCode(t, err, towpath.CodeInvalid)
	_, _, err = b.InviteAgain(t.Context(), b.owner, m.ID)
	wantCode(t, err, towpath.CodeConflict)
	_, _, err = b.Recover(t.Context(), m.Email)
	wantCode(t, err, towpath.CodeInvalid)
	_, _, err = b.SignIn(t.Context(), m.Email, "", "192.0.2.1")
	wantCode(t, err, towpath.CodeUnauthorized)

	c, token, err := b.CreateServiceToken(t.Context(), b.owner, m.ID, "CI", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	actor, err := b.Authenticate(t.Context(), "", token)
	if err != nil || actor.Member.ID != m.ID || actor.SessionID != "" || actor.Scope != towpath.ScopeFull {
		t.Fatalf("Authenticate = %+v, %v", actor, err)
	}
	_, _, err = b.CreateServiceToken(t.Context(), actor, m.ID, "more", "", nil)
	wantCode(t, err, towpath.CodeForbidden)
	_, _, err = b.CreateServiceToken(t.Context(), b.owner, b.owner.Member.ID, "theirs", "", nil)
	wantCode(t, err, towpath.CodeNotFound)

	list, err := b.ServiceTokens(t.Context(), m.ID, store.Page{})
	if err != nil || len(list) != 1 || list[0].ID != c.ID {
		t.Errorf("ServiceTokens = %+v, %v", list, err)
	}
	if err := b.RevokeServiceToken(t.Context(), b.owner, m.ID, c.ID); err != nil {
		t.Fatal(err)
	}
	_, err = b.Authenticate(t.Context(), "", token)
	wantCode(t, err, towpath.CodeUnauthorized)

	_, token, err = b.CreateServiceToken(t.Context(), b.owner, m.ID, "CI", towpath.ScopeApprovals, nil)
	if err != nil {
		t.Fatal(err)
	}
	off := true
	if _, err = b.ChangeMember(t.Context(), b.owner, m.ID, auth.MemberChange{Deactivated: &off}); err != nil {
		t.Fatal(err)
	}
	_, err = b.Authenticate(t.Context(), "", token)
	wantCode(t, err, towpath.CodeUnauthorized)
	_, _, err = b.CreateServiceToken(t.Context(), b.owner, m.ID, "CI", "", nil)
	wantCode(t, err, towpath.CodeConflict)
}
