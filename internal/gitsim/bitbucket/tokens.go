package bitbucket

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"towpath/internal/gitsim"
)

// accessTokenLength is what the real ones have had since 2026; nobody may assume that a token is
// short.
const accessTokenLength = 2600

// grant is what a person allowed a consumer, or a consumer's own right when User is empty.
type grant struct {
	ID       string `json:"id"`
	Consumer string `json:"consumer"` // key
	User     string `json:"user"`     // UUID
}

// token is an access or a refresh token.
type token struct {
	Grant   string    `json:"grant"`
	User    string    `json:"user"` // UUID
	Scopes  []string  `json:"scopes"`
	Refresh bool      `json:"refresh"`
	Expires time.Time `json:"expires"`
}

// refreshLife is how long an unused refresh token lives.
const refreshLife = 90 * 24 * time.Hour

// serveToken is the token endpoint.
func (s *Sim) serveToken(w http.ResponseWriter, r *http.Request) {
	rec := &gitsim.StatusRecorder{ResponseWriter: w}
	key, _, _ := r.BasicAuth()
	defer func() { s.requests.Record(r, key, "", rec.Status, s.opts.Now()) }()
	f := s.faults.Current()
	switch {
	case f.TokenStatus != 0:
		htmlError(rec, f.TokenStatus)
	case f.TokenHTML:
		htmlError(rec, http.StatusOK)
	case r.Method != http.MethodPost:
		rec.Header().Set("Allow", http.MethodPost)
		http.Error(rec, "Method Not Allowed", http.StatusMethodNotAllowed)
	default:
		s.answerToken(rec, r)
	}
}

// oauthError is an error of the token endpoint, always with status 400.
type oauthError struct{ code, description string }

func (e oauthError) Error() string { return e.code + ": " + e.description }

func (s *Sim) answerToken(w http.ResponseWriter, r *http.Request) {
	body, err := s.issue(r)
	if e, ok := errors.AsType[oauthError](err); ok {
		writeJSON(w, http.StatusBadRequest, obj{"error": e.code, "error_description": e.description})
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, http.StatusOK, body)
}

func (s *Sim) issue(r *http.Request) (obj, error) {
	key, secret, given := r.BasicAuth()
	if !given {
		return nil, oauthError{
			"unauthorized_client",
			"Requests must be authenticated using OAuth client credentials",
		}
	}
	r.Body = http.MaxBytesReader(nil, r.Body, 1<<20)
	grantType := ""
	// A JSON body is not read.
	if kind, _, _ := mime.ParseMediaType(
		r.Header.Get("Content-Type")); kind == "application/x-www-form-urlencoded" && r.ParseForm() == nil {
		grantType = r.PostForm.Get("grant_type")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.state.consumer(key)
	if c == nil || !gitsim.Equal(c.Secret, secret) {
		return nil, oauthError{"unauthorized_client", "Invalid OAuth client credentials"}
	}
	if c.CallbackURL == "" {
		return nil, oauthError{"invalid_request", "No callback uri defined for the OAuth client."}
	}
	switch grantType {
	case "authorization_code":
		return s.exchange(c, r.PostForm.Get("code"), r.PostForm.Get("redirect_uri"))
	case "refresh_token":
		return s.refresh(c, r.PostForm.Get("refresh_token"))
	case "client_credentials":
		return s.clientCredentials(c)
	case "":
		return nil, oauthError{"unsupported_grant_type", "Unsupported grant type: None"}
	}
	return nil, oauthError{"unsupported_grant_type", "Unsupported grant type: " + grantType}
}

// exchange turns a code into tokens. Sim.mu is held, as in the next three.
func (s *Sim) exchange(c *Consumer, text, redirectURI string) (obj, error) {
	issued, known := s.codes.Use(text)
	if !known || issued.Client != c.Key || s.opts.Now().After(issued.Expires) {
		return nil, oauthError{"invalid_grant", "The specified code is not valid."}
	}
	if issued.RedirectSent && redirectURI != issued.RedirectURI {
		return nil, oauthError{
			"invalid_grant",
			"The redirect_uri does not match the one of the authorization request.",
		}
	}
	g := &grant{ID: newUUID(), Consumer: c.Key, User: issued.User}
	s.state.Grants = append(s.state.Grants, g)
	return s.newTokens(c, g, "authorization_code", ""), nil
}

// IssueTokens grants a consumer access in the name of a user without the pages, for tests of what
// comes after them.
func (s *Sim) IssueTokens(consumerKey, username string) (access, refresh string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, u := s.state.consumer(consumerKey), s.state.userByName(username)
	if c == nil || u == nil {
		return "", "", fmt.Errorf("issue tokens: no consumer %q or no user %q", consumerKey, username)
	}
	g := &grant{ID: newUUID(), Consumer: c.Key, User: u.UUID}
	s.state.Grants = append(s.state.Grants, g)
	body := s.newTokens(c, g, "authorization_code", "")
	return body["access_token"].(string), body["refresh_token"].(string), nil
}

func (s *Sim) refresh(c *Consumer, text string) (obj, error) {
	t := s.state.Tokens[text]
	now := s.opts.Now()
	if t == nil || !t.Refresh || now.After(t.Expires) {
		return nil, oauthError{"invalid_grant", "Invalid refresh_token"}
	}
	i := slices.IndexFunc(s.state.Grants, func(g *grant) bool { return g.ID == t.Grant })
	if i < 0 || s.state.Grants[i].Consumer != c.Key {
		return nil, oauthError{"invalid_grant", "Invalid refresh_token"}
	}
	if s.faults.Current().NoRotation {
		return s.newTokens(c, s.state.Grants[i], "refresh_token", text), nil
	}
	// A second use within the grace does not prolong it.
	if grace := now.Add(max(0, s.limits.RefreshGrace)); grace.Before(t.Expires) {
		t.Expires = grace
	}
	return s.newTokens(c, s.state.Grants[i], "refresh_token", ""), nil
}

func (s *Sim) clientCredentials(c *Consumer) (obj, error) {
	if !c.Private {
		return nil, oauthError{
			"invalid_grant",
			`Cannot use client_credentials with a consumer marked as "public". Calls for auto generated ` +
				`consumers should use urn:bitbucket:oauth2:jwt instead.`,
		}
	}
	user := ""
	if w := s.state.workspace(c.Workspace); w != nil {
		for uuid, role := range w.Members {
			if role == "owner" && (user == "" || uuid < user) {
				user = uuid
			}
		}
	}
	g := &grant{ID: newUUID(), Consumer: c.Key, User: user}
	s.state.Grants = append(s.state.Grants, g)
	body := s.newTokens(c, g, "client_credentials", "")
	delete(s.state.Tokens, body["refresh_token"].(string))
	delete(body, "refresh_token")
	return body, nil
}

// newTokens makes an access token and, unless one is kept, a refresh token. The scopes are those of
// the consumer.
func (s *Sim) newTokens(c *Consumer, g *grant, state, keptRefresh string) obj {
	now, life := s.opts.Now(), max(0, s.limits.AccessTokenLife)
	for text, t := range s.state.Tokens {
		if now.Sub(t.Expires) > 24*time.Hour {
			// for a day, an expired token differs from an unknown one
			delete(s.state.Tokens, text)
		}
	}
	access := gitsim.RandomText(accessTokenLength)
	s.state.Tokens[access] = &token{Grant: g.ID, User: g.User, Scopes: c.Scopes, Expires: now.Add(life)}
	body := obj{
		"access_token": access, "token_type": "bearer", "expires_in": int(life / time.Second),
		"scope": strings.Join(c.Scopes, " "),
		"state": state, // the name of the grant, not the caller's state
	}
	if keptRefresh == "" {
		refresh := gitsim.RandomText(accessTokenLength)
		s.state.Tokens[refresh] = &token{
			Grant:   g.ID,
			User:    g.User,
			Refresh: true,
			Expires: now.Add(refreshLife),
		}
		body["refresh_token"] = refresh
	}
	s.save()
	return body
}

var (
	//lint:ignore ST1005 Bitbucket's words
	errTokenExpired = errors.New("Access token expired. Use your refresh token to obtain a new access token.")
	//lint:ignore ST1005 Bitbucket's words
	errTokenUnknown = errors.New("Token is invalid, expired, or not supported for this endpoint.")
)

// accessToken finds a valid access token. Sim.mu is held.
func (s *Sim) accessToken(text string) (*token, error) {
	t := s.state.Tokens[text]
	if t == nil || t.Refresh {
		return nil, errTokenUnknown
	}
	if s.opts.Now().After(t.Expires) {
		return nil, errTokenExpired
	}
	return t, nil
}

// revoke ends grants with all their tokens. Sim.mu is held.
func (s *Sim) revoke(match func(*grant) bool) {
	s.state.Grants = slices.DeleteFunc(s.state.Grants, func(g *grant) bool {
		if !match(g) {
			return false
		}
		for text, t := range s.state.Tokens {
			if t.Grant == g.ID {
				delete(s.state.Tokens, text)
			}
		}
		return true
	})
	s.save()
}

// implied says which further scopes a scope brings.
var implied = map[string][]string{
	"account:write":     {"account", "email"},
	"repository:write":  {"repository"},
	"pullrequest":       {"repository"},
	"pullrequest:write": {"pullrequest", "repository:write", "repository"},
	"project":           {"repository"},
	"pipeline:write":    {"pipeline"},
	"pipeline:variable": {"pipeline:write", "pipeline"},
	"runner:write":      {"runner"},
}

func hasScope(granted []string, needed string) bool {
	for _, g := range granted {
		if g == needed || slices.Contains(implied[g], needed) {
			return true
		}
	}
	return needed == ""
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	data, err := json.Marshal(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(data)
}

func htmlError(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte("<!DOCTYPE html><html><head><title>Bitbucket simulator</title></head><body><h1>" +
		"Something went wrong</h1><p>" + http.StatusText(status) + "</p></body></html>\n"))
}
