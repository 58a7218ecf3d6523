package gitea

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"towpath/internal/gitsim"
)

const (
	codeLife   = 10 * time.Minute
	accessLife = time.Hour
	cookieName = "i_like_gitea"
)

// grant is what one person has allowed one application.
type grant struct {
	login   string
	scopes  []string
	counter int // of refreshes, where a refresh token works once
}

// token is an access or a refresh token.
type token struct {
	grant   string // key of the grant
	login   string
	scopes  []string
	counter int
	refresh bool
}

// allows reports whether a token may read or write a category. No scope of the API means all of
// them.
func (t token) allows(category string, write bool) bool {
	narrowed := false
	for _, scope := range t.scopes {
		access, of, ok := strings.Cut(scope, ":")
		narrowed = narrowed || ok
		if scope == "all" || (of == category && (access == "write" || !write)) {
			return true
		}
	}
	return !narrowed
}

func (s *Sim) page(w http.ResponseWriter, status int, title, body string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprintf(w,
		"<!DOCTYPE html><html lang=\"en\"><head><title>%s</title></head>"+
			"<body><h1>%[1]s</h1>%s</body></html>\n",
		html.EscapeString(title), body)
}

// serveLogin is the sign-in page. It leads back to where the person came from.
func (s *Sim) serveLogin(w http.ResponseWriter, r *http.Request) {
	back := gitsim.LocalPath(r.FormValue("redirect_to"))
	if r.Method == http.MethodPost {
		s.mu.Lock()
		u := s.user(r.PostFormValue("user_name"))
		good := u != nil && u.Password != "" && gitsim.Equal(u.Password, r.PostFormValue("password"))
		s.mu.Unlock()
		if good {
			s.sessions.Begin(w, u.Login)
			http.Redirect(w, r, back, http.StatusSeeOther)
			return
		}
	}
	s.page(w, http.StatusOK, "Sign In", `<form method="post" action="/user/login">
<input type="hidden" name="redirect_to" value="`+html.EscapeString(back)+`">
<label>Username or Email Address <input name="user_name" required autofocus></label>
<label>Password <input name="password" type="password" required></label>
<button>Sign In</button></form>`)
}

// serveAuthorize is the consent page and its form.
func (s *Sim) serveAuthorize(w http.ResponseWriter, r *http.Request) {
	refuse := func(word, description string) {
		s.page(w, http.StatusBadRequest, word, "<p>"+html.EscapeString(description)+"</p>")
	}
	clientID, redirectURI := r.FormValue("client_id"), r.FormValue("redirect_uri")
	s.mu.Lock()
	app := s.application(clientID)
	s.mu.Unlock()
	login := s.sessions.User(r)
	switch {
	case login == "":
		http.Redirect(w, r, "/user/login?redirect_to="+url.QueryEscape(r.URL.RequestURI()),
			http.StatusSeeOther)
		return
	case app == nil:
		refuse("unauthorized_client", "Client ID not registered")
		return
	case !app.redirects(redirectURI):
		refuse("invalid_request", "Unregistered Redirect URI")
		return
	}
	f := s.faults.Current()
	method := r.FormValue("code_challenge_method")
	switch {
	case r.URL.Path == "/login/oauth/authorize" && r.FormValue("response_type") != "code":
		back(w, r, url.Values{
			"error":             {"unsupported_response_type"},
			"error_description": {"Only code response type is supported."},
		})
	case method != "" && method != "S256" && method != "plain":
		back(w, r,
			url.Values{
				"error":             {"invalid_request"},
				"error_description": {"unsupported code challenge method"},
			})
	case f.DenyConsent || (r.Method == http.MethodPost && r.PostFormValue("granted") != "true"):
		back(w, r, url.Values{"error": {"access_denied"}, "error_description": {"the request is denied"}})
	case r.Method == http.MethodPost || s.granted(app, login) || f.AutoConsent:
		s.grant(w, r, app, login)
	default:
		s.consent(w, r, app)
	}
}

// granted reports whether a person has allowed an application before. Then Gitea does not ask
// again.
func (s *Sim) granted(app *Application, login string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.grants[app.ClientID+"/"+login] != nil
}

func (s *Sim) consent(w http.ResponseWriter, r *http.Request, app *Application) {
	fields := ""
	for _, name := range []string{
		"client_id", "redirect_uri", "state", "scope", "code_challenge",
		"code_challenge_method",
	} {
		fields += fmt.Sprintf("<input type=\"hidden\" name=%q value=\"%s\">\n", name,
			html.EscapeString(r.FormValue(name)))
	}
	s.page(w, http.StatusOK, "Authorize \""+app.Name+"\" to access your account?",
		`<form method="post" action="/login/oauth/grant">`+
			fields+`<button name="granted" value="true">Authorize Application</button>
<button name="granted" value="false">Cancel</button></form>`)
}

func (s *Sim) grant(w http.ResponseWriter, r *http.Request, app *Application, login string) {
	s.mu.Lock()
	key := app.ClientID + "/" + login
	if s.grants[key] == nil {
		s.grants[key] = &grant{login: login, scopes: strings.Fields(r.FormValue("scope"))}
	}
	s.mu.Unlock()
	text := "gta_" + rand.Text()
	s.codes.Issue(text, gitsim.Code{
		Client:      app.ClientID,
		User:        login,
		RedirectURI: r.FormValue("redirect_uri"),
		Challenge:   r.FormValue("code_challenge"),
		Method:      r.FormValue("code_challenge_method"),
		Expires:     s.opts.Now().Add(codeLife),
	})
	back(w, r, url.Values{"code": {text}})
}

// back sends the person to the application.
func back(w http.ResponseWriter, r *http.Request, values url.Values) {
	gitsim.RedirectBack(w, r, http.StatusSeeOther, r.FormValue("redirect_uri"), r.FormValue("state"), values)
}

// application needs s.mu.
func (s *Sim) application(clientID string) *Application {
	for _, a := range s.applications {
		if a.ClientID == clientID {
			return a
		}
	}
	return nil
}

func (a *Application) redirects(uri string) bool {
	same := func(s string) string { return strings.TrimSuffix(strings.ToLower(s), "/") }
	return slices.ContainsFunc(a.RedirectURIs, func(known string) bool { return same(known) == same(uri) })
}

// refusal is an error of the token endpoint, always with status 400.
type refusal struct {
	Word        string `json:"error"`
	Description string `json:"error_description"`
}

// serveToken is the token endpoint.
func (s *Sim) serveToken(w http.ResponseWriter, r *http.Request) {
	if status := s.faults.Current().TokenStatus; status != 0 {
		s.page(w, status, http.StatusText(status), "")
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	clientID, secret := r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	if clientID == "" || secret == "" {
		if name, password, given := r.BasicAuth(); given {
			// RFC 6749 has both escaped before they are joined; Gitea does not undo it.
			clientID, secret = name, password
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	answer, refused := s.issue(r.PostForm, clientID, secret)
	if refused != nil {
		writeJSON(w, http.StatusBadRequest, refused)
		return
	}
	writeJSON(w, http.StatusOK, answer)
}

// issue needs s.mu, as what it calls does.
func (s *Sim) issue(form url.Values, clientID, secret string) (map[string]any, *refusal) {
	app := s.application(clientID)
	if app == nil {
		return nil, &refusal{"invalid_client", fmt.Sprintf("cannot load client with client id: '%s'",
			clientID)}
	}
	switch form.Get("grant_type") {
	case "authorization_code":
		if app.Secret != secret {
			return nil, &refusal{"unauthorized_client", "invalid client secret"}
		}
		return s.exchange(app, form)
	case "refresh_token":
		if app.Secret != secret {
			return nil, &refusal{"invalid_client", "invalid client secret"}
		}
		return s.refresh(form.Get("refresh_token"))
	}
	return nil, &refusal{
		"unsupported_grant_type",
		"Only refresh_token or authorization_code grant type is supported",
	}
}

func (s *Sim) exchange(app *Application, form url.Values) (map[string]any, *refusal) {
	if uri := form.Get("redirect_uri"); uri != "" && !app.redirects(uri) {
		return nil, &refusal{"unauthorized_client", "unexpected redirect URI"}
	}
	text := form.Get("code")
	c, known := s.codes.Find(text)
	key := c.Client + "/" + c.User
	switch {
	case !known:
		return nil, &refusal{"unauthorized_client", "client is not authorized"}
	case s.opts.Now().After(c.Expires):
		s.codes.Use(text)
		return nil, &refusal{"invalid_grant", "authorization code expired"}
	case !c.Verifies(form.Get("code_verifier")):
		return nil, &refusal{"unauthorized_client", "failed PKCE code challenge"}
	case c.Client != app.ClientID || s.grants[key] == nil:
		return nil, &refusal{"invalid_grant", "invalid grant"}
	}
	if _, fresh := s.codes.Use(text); !fresh {
		return nil, &refusal{"unauthorized_client", "client is not authorized"}
	}
	return s.newTokens(key), nil
}

func (s *Sim) refresh(text string) (map[string]any, *refusal) {
	t, known := s.tokens[text]
	if !known || !t.refresh {
		return nil, &refusal{"unauthorized_client", "unable to parse refresh token"}
	}
	g := s.grants[t.grant]
	if g == nil {
		return nil, &refusal{"invalid_grant", "grant does not exist"}
	}
	if s.opts.RotateRefreshTokens && g.counter != t.counter {
		return nil, &refusal{"unauthorized_client", "token was already used"}
	}
	return s.newTokens(t.grant), nil
}

func (s *Sim) newTokens(key string) map[string]any {
	g := s.grants[key]
	if s.opts.RotateRefreshTokens {
		g.counter++
	}
	access := "eyJhbGciOiJSUzI1NiJ9." + gitsim.RandomHex(400)
	refresh := "eyJhbGciOiJSUzI1NiJ9." + gitsim.RandomHex(400)
	s.tokens[access] = token{grant: key, login: g.login, scopes: g.scopes}
	s.tokens[refresh] = token{grant: key, login: g.login, counter: g.counter, refresh: true}
	return map[string]any{
		"access_token": access, "token_type": "bearer", "expires_in": int(accessLife / time.Second),
		"refresh_token": refresh,
	}
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
