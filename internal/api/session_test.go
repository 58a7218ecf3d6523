package api

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"towpath/internal/auth"
	"towpath/internal/secret"
	"towpath/internal/store"
)

// newcomer is a server without members.
func newcomer(t *testing.T) *bundle {
	t.Helper()
	b := setup(t)
	st, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "metadata.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	keyring, err := secret.Open(filepath.Join(t.TempDir(), "key"))
	if err != nil {
		t.Fatal(err)
	}
	b.Store, b.Auth = st, &auth.Service{Store: st, Keyring: keyring}
	b.serve(t)
	return b
}

func TestSession_fromSetupToSignOut(t *testing.T) {
	t.Parallel()
	b := newcomer(t)
	var state setupState
	b.call(t, "nobody", "GET", "/setup", "", 200, &state)
	if !state.Needed {
		t.Fatal("a server without members needs no setup")
	}
	p := b.fails(t, "nobody", "POST", "/setup",
		`{"token":"x","email":"ada@example.com","name":"Ada","password":"`+password+`"}`, 401)
	if len(p.Errors) != 1 || p.Errors[0].Location != "body.token" {
		t.Errorf("a wrong token gives %+v", p)
	}
	p = b.fails(t, "nobody", "POST", "/setup", `{"token":"`+b.Auth.SetupToken()+
		`","email":"ada@example.com","name":"Ada","password":"short"}`, 422)
	if len(p.Errors) != 1 || p.Errors[0].Location != "body.password" {
		t.Errorf("a short password gives %+v", p)
	}
	b.call(t, "nobody", "POST", "/setup", `{"token":"`+b.Auth.SetupToken()+
		`","email":"ada@example.com","name":"Ada","password":"`+password+`"}`, 201, nil)
	var me session
	r := b.call(t, "nobody", "POST", "/session", `{"email":"Ada@example.com","password":"`+password+`"}`,
		201, &me)
	if me.Member.Role != "owner" || len(me.Permissions) == 0 {
		t.Errorf("signed in as %+v", me)
	}
	c := r.Cookies()[0]
	if c.Name != sessionCookie || !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode ||
		c.Path != "/" {
		t.Errorf("cookie is %+v", c)
	}
	cookie := c.Name + "=" + c.Value
	if r := b.send(t, "nobody", "GET", "/api/v1/session", "", "Cookie", cookie); r.StatusCode != 200 {
		t.Errorf("the cookie does not work: %s", r.body)
	}
	r = b.send(t, "nobody", "DELETE", "/api/v1/session", "", "Cookie", cookie)
	if r.StatusCode != 204 || r.Cookies()[0].MaxAge >= 0 {
		t.Errorf("sign out: %d, %v", r.StatusCode, r.Cookies())
	}
	if r := b.send(t, "nobody", "GET", "/api/v1/session", "", "Cookie", cookie); r.StatusCode != 401 {
		t.Errorf("the cookie works after signing out: %d", r.StatusCode)
	}
	if strings.Contains(b.log.String(), c.Value) || strings.Contains(b.log.String(), password) {
		t.Error("the log holds a secret")
	}
}

func TestSession_cookieIsNotSecureOverPlainHTTP(t *testing.T) {
	t.Parallel()
	s := &Server{ExternalURL: "http://127.0.0.1:8080"}
	if c := s.cookie("x", 1); strings.Contains(c, "Secure") {
		t.Errorf("no browser would send it back: %s", c)
	}
}

func TestInvitation_isAcceptedByItsLink(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var made invitation
	b.call(t, "owner", "POST", "/members", `{"email":"bob@example.com","role":"dba"}`, 201, &made)
	token, ok := strings.CutPrefix(made.URL, "https://towpath.example/invitation#")
	if !ok || !made.Member.Invited {
		t.Fatalf("invitation is %+v", made)
	}
	var me session
	b.call(t, "nobody", "POST", "/invitations/accept", `{"invitation":"`+token+`","password":"`+password+`"}`,
		201, &me)
	if me.Member.Invited || me.Member.Role != "dba" {
		t.Errorf("accepted as %+v", me.Member)
	}
	b.fails(t, "nobody", "POST", "/invitations/accept", `{"invitation":"`+token+`","password":"`+password+
		`"}`, 404)
	var changed member
	b.call(t, "owner", "PATCH", "/members/"+me.Member.ID, `{"role":"member","deactivated":true}`, 200,
		&changed)
	if changed.Role != "member" || changed.DeactivatedAt == nil {
		t.Errorf("changed to %+v", changed)
	}
	b.fails(t, "nobody", "POST", "/session", `{"email":"bob@example.com","password":"`+password+`"}`, 401)
}

func TestAPITokens_areCreatedInTheConsoleAndShownOnce(t *testing.T) {
	t.Parallel()
	b := newcomer(t)
	r := b.call(t, "nobody", "POST", "/setup", `{"token":"`+b.Auth.SetupToken()+
		`","email":"ada@example.com","name":"Ada","password":"`+password+`"}`, 201, nil)
	cookie := r.Cookies()[0].Name + "=" + r.Cookies()[0].Value
	r = b.send(t, "nobody", "POST", "/api/v1/api-tokens", `{"name":"CI"}`, "Cookie", cookie)
	if r.StatusCode != 201 || !strings.Contains(string(r.body), `"token":"tp_`) {
		t.Fatalf("no token: %d %s", r.StatusCode, r.body)
	}
	token := decode[credential](t, r).Token
	b.tokens["ada"] = token
	var tokens list[credential]
	r = b.call(t, "ada", "GET", "/api-tokens", "", 200, &tokens)
	if len(tokens.Items) != 1 || tokens.Items[0].Name != "CI" || strings.Contains(string(r.body), token) {
		t.Errorf("tokens are %s", r.body)
	}
	b.fails(t, "ada", "POST", "/api-tokens", `{"name":"breed"}`, 403)
	b.call(t, "ada", "DELETE", "/api-tokens/"+tokens.Items[0].ID, "", 204, nil)
	b.fails(t, "ada", "GET", "/session", "", 401)
}
