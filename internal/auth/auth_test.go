package auth_test

import (
	"context"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"towpath"
	"towpath/internal/auth"
	"towpath/internal/secret"
	"towpath/internal/store"
	"towpath/internal/store/storetest"
)

const password = "correct horse battery"

// bundle is a workspace with one owner, Ada, and a clock that tests move.
type bundle struct {
	*auth.Service
	clock   atomic.Int64
	owner   towpath.Actor
	session string
}

func setup(t *testing.T) *bundle {
	t.Helper()
	dir := t.TempDir()
	st, err := store.Open(t.Context(), storetest.SQLite(t, filepath.Join(dir, "metadata.db")))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	keyring, err := secret.Open(filepath.Join(dir, "key"))
	if err != nil {
		t.Fatal(err)
	}
	b := &bundle{Service: &auth.Service{Store: st, Keyring: keyring}}
	b.clock.Store(time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC).UnixMicro())
	st.Now = func() time.Time { return time.UnixMicro(b.clock.Load()) }
	_, b.session, err = b.SignUpFirstOwner(t.Context(), b.SetupToken(), "Ada@Example.com", "Ada", password)
	if err != nil {
		t.Fatal(err)
	}
	b.owner = b.actor(t, b.session)
	return b
}

func (b *bundle) pass(d time.Duration) { b.clock.Add(d.Microseconds()) }

func (b *bundle) actor(t *testing.T, session string) towpath.Actor {
	t.Helper()
	a, err := b.Authenticate(t.Context(), session, "")
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// invited makes a member with a password.
func (b *bundle) invited(
	t *testing.T, email string, role towpath.Role,
) (actor towpath.Actor, session string) {
	t.Helper()
	_, invitation, err := b.Invite(t.Context(), b.owner, email, "", role)
	if err != nil {
		t.Fatal(err)
	}
	_, session, err = b.AcceptInvitation(t.Context(), invitation, password)
	if err != nil {
		t.Fatal(err)
	}
	return b.actor(t, session), session
}

func wantCode(t *testing.T, err error, want towpath.Code) {
	t.Helper()
	if got := towpath.ErrorCode(err); got != want {
		t.Errorf("error is %q (%v), want %q", got, err, want)
	}
}

func TestSignUpFirstOwner_worksOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if b.owner.Member.Email != "ada@example.com" || b.owner.Member.Role != towpath.RoleOwner {
		t.Errorf("first member is %+v", b.owner.Member)
	}
	needed, err := b.SetupNeeded(t.Context())
	if err != nil || needed {
		t.Errorf("setup is needed: %v, %v", needed, err)
	}
	_, _, err = b.SignUpFirstOwner(t.Context(), b.SetupToken(), "eve@example.com", "Eve", password)
	wantCode(t, err, towpath.CodeConflict)
}

func TestSignUpFirstOwner_refuses(t *testing.T) {
	t.Parallel()
	st, err := store.Open(t.Context(), storetest.SQLite(t, filepath.Join(t.TempDir(), "metadata.db")))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	keyring, err := secret.Open(filepath.Join(t.TempDir(), "key"))
	if err != nil {
		t.Fatal(err)
	}
	s := &auth.Service{Store: st, Keyring: keyring}
	for name, c := range map[string]struct {
		token, email, name, password string
		want                         towpath.Code
	}{
		"a wrong token":         {"x", "a@b.example", "A", password, towpath.CodeUnauthorized},
		"no address":            {s.SetupToken(), "ada", "A", password, towpath.CodeInvalid},
		"a name in the address": {s.SetupToken(), "Ada <a@b.example>", "A", password, towpath.CodeInvalid},
		"an empty name":         {s.SetupToken(), "a@b.example", " ", password, towpath.CodeInvalid},
		"a short password":      {s.SetupToken(), "a@b.example", "A", "elevenchars", towpath.CodeInvalid},
		"an endless password": {
			s.SetupToken(), "a@b.example", "A", strings.Repeat("x", 1025),
			towpath.CodeInvalid,
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := s.SignUpFirstOwner(context.WithoutCancel(t.Context()), c.token, c.email, c.name,
				c.password)
			wantCode(t, err, c.want)
		})
	}
}

func TestSignIn_saysTheSameForEveryFailure(t *testing.T) {
	t.Parallel()
	b := setup(t)
	gone, _ := b.invited(t, "gone@example.com", towpath.RoleMember)
	yes := true
	if _, err := b.ChangeMember(t.Context(), b.owner, gone.Member.ID,
		auth.MemberChange{Deactivated: &yes}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.Invite(t.Context(), b.owner, "invited@example.com", "",
		towpath.RoleMember); err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.SignIn(t.Context(), " ADA@example.com", password, "192.0.2.1"); err != nil {
		t.Fatal(err)
	}
	messages := map[string]bool{}
	for _, try := range [][2]string{
		{"ada@example.com", "wrong horse battery"},
		{"nobody@example.com", password},
		{"gone@example.com", password},
		{"invited@example.com", ""},
		{"not an address", password},
		{"ada@example.com", strings.Repeat("x", 5000)},
	} {
		_, session, err := b.SignIn(t.Context(), try[0], try[1], "192.0.2.1")
		wantCode(t, err, towpath.CodeUnauthorized)
		messages[towpath.ErrorMessage(err)] = true
		if session != "" {
			t.Errorf("%s got a session", try[0])
		}
	}
	if len(messages) != 1 {
		t.Errorf("failures can be told apart: %v", messages)
	}
}

func TestSignIn_slowsGuessingDown(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var err error
	for range 11 {
		_, _, err = b.SignIn(t.Context(), "ada@example.com", "x", "192.0.2.1")
	}
	wantCode(t, err, towpath.CodeTooMany)
	_, _, err = b.SignIn(t.Context(), "ada@example.com", password, "192.0.2.2")
	wantCode(t, err, towpath.CodeTooMany)
	b.pass(11 * time.Second)
	_, _, err = b.SignIn(t.Context(), "ada@example.com", password, "192.0.2.2")
	wantCode(t, err, "")
}

func TestSession_slidesAndEnds(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.pass(auth.SessionTTL - time.Hour)
	b.actor(t, b.session)
	b.pass(auth.SessionTTL - time.Hour)
	b.actor(t, b.session)
	b.pass(auth.SessionTTL + time.Hour)
	_, err := b.Authenticate(t.Context(), b.session, "")
	wantCode(t, err, towpath.CodeUnauthorized)
}

func TestSignOut_endsTheSession(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if err := b.SignOut(t.Context(), b.owner); err != nil {
		t.Fatal(err)
	}
	_, err := b.Authenticate(t.Context(), b.session, "")
	wantCode(t, err, towpath.CodeUnauthorized)
}

func TestAuthenticate_touchesAtMostOnceAMinute(t *testing.T) {
	t.Parallel()
	b := setup(t)
	used := func() time.Time {
		b.actor(t, b.session)
		list, err := b.Sessions(t.Context(), b.owner, store.Page{})
		if err != nil {
			t.Fatal(err)
		}
		return *list[0].LastUsedAt
	}
	first := used()
	b.pass(59 * time.Second)
	if got := used(); !got.Equal(first) {
		t.Errorf("written again after %v", got.Sub(first))
	}
	b.pass(time.Second)
	if got := used(); got.Sub(first) != time.Minute {
		t.Errorf("last use is %v after the first, want a minute", got.Sub(first))
	}
}

func TestInvitation_worksOnceAndIsReplaced(t *testing.T) {
	t.Parallel()
	b := setup(t)
	m, lost, err := b.Invite(t.Context(), b.owner, "bob@example.com", "", towpath.RoleDBA)
	if err != nil {
		t.Fatal(err)
	}
	if m.Name != "bob" {
		t.Errorf("name is %q", m.Name)
	}
	_, fresh, err := b.InviteAgain(t.Context(), b.owner, m.ID)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = b.AcceptInvitation(t.Context(), lost, password)
	wantCode(t, err, towpath.CodeNotFound)
	_, session, err := b.AcceptInvitation(t.Context(), fresh, password)
	if err != nil {
		t.Fatal(err)
	}
	if got := b.actor(t, session).Member.Role; got != towpath.RoleDBA {
		t.Errorf("role is %s", got)
	}
	_, _, err = b.AcceptInvitation(t.Context(), fresh, password)
	wantCode(t, err, towpath.CodeNotFound)
	_, _, err = b.Invite(t.Context(), b.owner, "Bob@example.com", "", towpath.RoleDBA)
	wantCode(t, err, towpath.CodeConflict)
	_, late, err := b.InviteAgain(t.Context(), b.owner, m.ID)
	if err != nil {
		t.Fatal(err)
	}
	b.pass(auth.InvitationTTL)
	_, _, err = b.AcceptInvitation(t.Context(), late, password)
	wantCode(t, err, towpath.CodeNotFound)
}

func TestChangeMember_keepsAnOwner(t *testing.T) {
	t.Parallel()
	b := setup(t)
	dba, yes := towpath.RoleDBA, true
	for _, change := range []auth.MemberChange{{Role: &dba}, {Deactivated: &yes}} {
		_, err := b.ChangeMember(t.Context(), b.owner, b.owner.Member.ID, change)
		wantCode(t, err, towpath.CodeConflict)
	}
	second, session := b.invited(t, "bob@example.com", towpath.RoleOwner)
	if _, err := b.ChangeMember(t.Context(), b.owner, b.owner.Member.ID,
		auth.MemberChange{Role: &dba}); err != nil {
		t.Fatal(err)
	}
	_, err := b.ChangeMember(t.Context(), second, second.Member.ID, auth.MemberChange{Role: &dba})
	wantCode(t, err, towpath.CodeConflict)
	if b.actor(t, session).Member.Role != towpath.RoleOwner {
		t.Error("the last owner lost the role")
	}
}

func TestChangeMember_deactivatedIsOutAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	bob, session := b.invited(t, "bob@example.com", towpath.RoleMember)
	_, token, err := b.CreateAPIToken(t.Context(), bob, "CI", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, deactivated := range []bool{true, false} { // coming back does not bring old credentials back
		if _, err := b.ChangeMember(t.Context(), b.owner, bob.Member.ID,
			auth.MemberChange{Deactivated: &deactivated}); err != nil {
			t.Fatal(err)
		}
		_, err = b.Authenticate(t.Context(), session, "")
		wantCode(t, err, towpath.CodeUnauthorized)
		_, err = b.Authenticate(t.Context(), "", token)
		wantCode(t, err, towpath.CodeUnauthorized)
	}
}

func TestChangePassword_endsOtherSessions(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, other, err := b.SignIn(t.Context(), "ada@example.com", password, "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	wantCode(t, b.ChangePassword(t.Context(), b.owner, "wrong horse battery", "another long password"),
		towpath.CodeInvalid)
	wantCode(t, b.ChangePassword(t.Context(), b.owner, password, "short"), towpath.CodeInvalid)
	if err := b.ChangePassword(t.Context(), b.owner, password, "another long password"); err != nil {
		t.Fatal(err)
	}
	b.actor(t, b.session)
	_, err = b.Authenticate(t.Context(), other, "")
	wantCode(t, err, towpath.CodeUnauthorized)
	_, _, err = b.SignIn(t.Context(), "ada@example.com", "another long password", "192.0.2.1")
	wantCode(t, err, "")
}

func TestAPIToken(t *testing.T) {
	t.Parallel()
	b := setup(t)
	later := b.Store.Now().Add(time.Hour)
	c, token, err := b.CreateAPIToken(t.Context(), b.owner, "CI", "", &later)
	if err != nil {
		t.Fatal(err)
	}
	program, err := b.Authenticate(t.Context(), "", token)
	if err != nil || program.SessionID != "" || program.Member.ID != b.owner.Member.ID {
		t.Fatalf("token authenticates %+v, %v", program, err)
	}
	_, _, err = b.CreateAPIToken(t.Context(), program, "breed", "", nil)
	wantCode(t, err, towpath.CodeForbidden)
	_, err = b.Authenticate(t.Context(), token, "")
	wantCode(t, err, towpath.CodeUnauthorized)
	_, err = b.Authenticate(t.Context(), "", b.session)
	wantCode(t, err, towpath.CodeUnauthorized)
	b.pass(time.Hour)
	_, err = b.Authenticate(t.Context(), "", token)
	wantCode(t, err, towpath.CodeUnauthorized)
	past := b.Store.Now()
	_, _, err = b.CreateAPIToken(t.Context(), b.owner, "CI", "", &past)
	wantCode(t, err, towpath.CodeInvalid)
	if err := b.RevokeAPIToken(t.Context(), b.owner, c.ID); err != nil {
		t.Fatal(err)
	}
}

func TestAllow(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := towpath.Project{Name: "Shop"}
	people := map[string]towpath.Actor{"owner": b.owner, "nobody": {}}
	for name, role := range map[string]towpath.Role{
		"dba": towpath.RoleDBA, "lead": towpath.RoleMember,
		"developer": towpath.RoleMember, "outsider": towpath.RoleMember,
	} {
		people[name], _ = b.invited(t, name+"@example.com", role)
	}
	err := b.Store.Write(t.Context(), func(tx *store.Tx) error {
		if err := tx.CreateProject(t.Context(), &p); err != nil {
			return err
		}
		for name, role := range map[string]towpath.ProjectRole{
			"lead":      towpath.ProjectOwner,
			"developer": towpath.ProjectDeveloper,
		} {
			if err := tx.SetProjectMember(t.Context(),
				towpath.ProjectMember{
					ProjectID: p.ID, MemberID: people[name].Member.ID,
					Role: role,
				}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		who     string
		right   towpath.Permission
		project string
		want    towpath.Code
	}{
		{"nobody", towpath.ViewWorkspace, "", towpath.CodeUnauthorized},
		{"outsider", towpath.ViewWorkspace, "", ""},
		{"outsider", towpath.ManageMembers, "", towpath.CodeForbidden},
		{"dba", towpath.ManageGitProviders, "", towpath.CodeForbidden},
		{"owner", towpath.ManageGitProviders, "", ""},
		{"outsider", towpath.ViewProject, p.ID, towpath.CodeNotFound},
		{"outsider", towpath.ViewProject, "no such project", towpath.CodeNotFound},
		{"developer", towpath.ViewProject, p.ID, ""},
		{"developer", towpath.RunRollouts, p.ID, towpath.CodeForbidden},
		{"lead", towpath.ManageLinks, p.ID, ""},
		{"lead", towpath.ResolveUnknown, p.ID, towpath.CodeForbidden},
		{"dba", towpath.ResolveUnknown, p.ID, ""},
		{"dba", towpath.ManageLinks, p.ID, towpath.CodeForbidden},
		{"owner", towpath.ManageLinks, p.ID, ""},
	} {
		if got := towpath.ErrorCode(b.Allow(t.Context(), people[c.who], c.right, c.project)); got != c.want {
			t.Errorf("%s, %s: %q, want %q", c.who, c.right, got, c.want)
		}
	}
}
