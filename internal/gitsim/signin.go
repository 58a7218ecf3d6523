package gitsim

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Sessions are the signed-in browsers of a host.
type Sessions struct {
	Cookie string // its name: the cookies of one host are shared by all its ports
	Secure bool   // send the cookie over https only

	mu    sync.Mutex
	users map[string]string // by the cookie's value
}

// Begin signs a user in.
func (s *Sessions) Begin(w http.ResponseWriter, user string) {
	value := RandomText(40)
	s.mu.Lock()
	if s.users == nil {
		s.users = map[string]string{}
	}
	s.users[value] = user
	s.mu.Unlock()
	http.SetCookie(w, &http.Cookie{
		Name:     s.Cookie,
		Value:    value,
		Path:     "/",
		HttpOnly: true,
		SameSite: http.SameSiteLaxMode,
		Secure:   s.Secure,
	})
}

// User returns the user who is signed in, or "".
func (s *Sessions) User(r *http.Request) string {
	cookie, err := r.Cookie(s.Cookie)
	if err != nil {
		return ""
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.users[cookie.Value]
}

// End signs the browser out.
func (s *Sessions) End(w http.ResponseWriter, r *http.Request) {
	if cookie, err := r.Cookie(s.Cookie); err == nil {
		s.mu.Lock()
		delete(s.users, cookie.Value)
		s.mu.Unlock()
	}
	http.SetCookie(w, &http.Cookie{Name: s.Cookie, Path: "/", MaxAge: -1})
}

// LocalPath keeps the redirect after a sign-in inside the simulator.
func LocalPath(next string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.HasPrefix(next, `/\`) {
		return "/"
	}
	return next
}

// RedirectBack sends a person from the consent page to the client by a status of 302 or 303, with
// values added to the query of the client's address. An empty state is left out.
func RedirectBack(
	w http.ResponseWriter, r *http.Request, status int, address, state string, values url.Values,
) {
	target, err := url.Parse(address)
	if err != nil {
		http.Error(w, "Invalid redirect_uri", http.StatusBadRequest)
		return
	}
	query := target.Query()
	for k, v := range values {
		query[k] = v
	}
	if state != "" {
		query.Set("state", state)
	}
	target.RawQuery = query.Encode()
	http.Redirect(w, r, target.String(), status)
}

// Code is what an authorization code grants.
type Code struct {
	Client       string
	User         string
	RedirectURI  string
	RedirectSent bool // the client gave RedirectURI and must repeat it
	// Challenge and Method are those of PKCE; both are empty without it.
	// https://datatracker.ietf.org/doc/html/rfc7636#section-4.3
	Challenge string
	Method    string
	Expires   time.Time
}

// Verifies reports whether a PKCE verifier fits the challenge. Without a challenge any does.
// https://datatracker.ietf.org/doc/html/rfc7636#section-4.6
func (c Code) Verifies(verifier string) bool {
	switch c.Method {
	case "S256":
		sum := sha256.Sum256([]byte(verifier))
		return base64.RawURLEncoding.EncodeToString(sum[:]) == c.Challenge
	case "plain":
		return verifier == c.Challenge
	}
	return true
}

// Codes are the authorization codes that were issued and not used.
type Codes struct {
	mu     sync.Mutex
	byText map[string]Code
}

// Issue keeps a code.
func (c *Codes) Issue(text string, code Code) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byText == nil {
		c.byText = map[string]Code{}
	}
	c.byText[text] = code
}

// Find returns a code that was issued and not used.
func (c *Codes) Find(text string) (Code, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	code, known := c.byText[text]
	return code, known
}

// Use returns a code and forgets it: it works once.
func (c *Codes) Use(text string) (Code, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	code, known := c.byText[text]
	delete(c.byText, text)
	return code, known
}
