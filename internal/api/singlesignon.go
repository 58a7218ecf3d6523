package api

import (
	"context"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"towpath/internal/auth"
)

// singleSignOnPath is where a browser goes to sign in at the OpenID Connect provider.
const singleSignOnPath = "/sign-in/sso"

// flowCookie holds the sealed flow of a browser that is at the provider.
const flowCookie = "towpath_sign_in"

// maxFlow bounds the cookie, as browsers do.
const maxFlow = 4096

// signInMethods is how members can sign in.
type signInMethods struct {
	Passwords    bool   `json:"passwords" doc:"Whether members can sign in with a password."`
	SingleSignOn string `json:"singleSignOn,omitempty" doc:"The name of the OpenID Connect provider. Open /sign-in/sso in the browser to sign in there. Absent when there is none."`
}

func (s *Server) getSignIn(context.Context, *struct{}) (signInMethods, error) {
	methods := signInMethods{Passwords: true}
	if o := s.Auth.SingleSignOn; o != nil {
		methods = signInMethods{!s.Auth.NoPasswords, o.Name}
	}
	return methods, nil
}

// beginSingleSignOn sends the browser to the provider.
func (s *Server) beginSingleSignOn(w http.ResponseWriter, r *http.Request) {
	next := r.URL.Query().Get("next")
	if !ownPage(next) {
		next = "/"
	}
	address, flow, err := s.Auth.BeginSingleSignOn(r.Context(), requestOf(r.Context()).Source, next)
	if err != nil {
		s.showProblem(w, r, err)
		return
	}
	http.SetCookie(w, s.flow(base64.RawURLEncoding.EncodeToString(flow), 10*time.Minute))
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, address, http.StatusSeeOther)
}

// finishSingleSignOn signs in the person with whom the browser comes back.
func (s *Server) finishSingleSignOn(w http.ResponseWriter, r *http.Request) {
	var flow []byte
	if c, err := r.Cookie(flowCookie); err == nil && len(c.Value) < maxFlow {
		flow, _ = base64.RawURLEncoding.DecodeString(c.Value) // what is no flow is refused as none
	}
	http.SetCookie(w, s.flow("", -time.Second)) // a flow ends once
	q := r.URL.Query()
	session, next, err := s.Auth.FinishSingleSignOn(r.Context(), flow, auth.Callback{
		State:            q.Get("state"),
		Code:             q.Get("code"),
		Error:            q.Get("error"),
		ErrorDescription: q.Get("error_description"),
		Issuer:           q.Get("iss"),
	})
	if err != nil {
		s.showProblem(w, r, err)
		return
	}
	w.Header().Add("Set-Cookie", s.cookie(session, 400*24*time.Hour))
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, next, http.StatusSeeOther)
}

// flow makes the cookie of a flow. It comes back from the provider's site, so it is Lax.
func (s *Server) flow(value string, age time.Duration) *http.Cookie {
	return &http.Cookie{
		Name: flowCookie, Value: value, Path: singleSignOnPath, MaxAge: int(age / time.Second),
		HttpOnly: true, Secure: s.secure(), SameSite: http.SameSiteLaxMode,
	}
}

// showProblem says on a page of its own why a sign-in did not work.
func (s *Server) showProblem(w http.ResponseWriter, r *http.Request, err error) {
	p := s.problemOf(r.Context(), r.Method, err)
	show(w, p.Status, callbackPage{
		Title: "This did not work", Message: p.Detail, Home: s.ExternalURL + "/sign-in",
	})
}

// ownPage reports whether an address is a page of this console, so that nobody is sent elsewhere.
func ownPage(address string) bool {
	return strings.HasPrefix(address, "/") && !strings.HasPrefix(address, "//") &&
		!strings.ContainsAny(address, "\\\r\n\t")
}
