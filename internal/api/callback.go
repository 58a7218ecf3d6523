package api

import (
	_ "embed"
	"html/template"
	"net/http"

	"towpath"
	"towpath/internal/account"
	"towpath/internal/secret"
	"towpath/internal/wording"
)

// callbackPath is where a provider redirects a person to.
const callbackPath = "/oauth/callback"

//go:embed callback.html
var callbackText string

var callbackTemplate = template.Must(template.New("callback").Parse(callbackText))

// callbackPage is what a person sees after the redirect.
type callbackPage struct {
	Nonce   string
	Title   string
	Message string
	ID      string // of the verification; "" when there is none for the callback
	State   towpath.VerificationState
	Purpose towpath.VerificationPurpose
	Home    string
}

// oauthCallback finishes an OAuth round trip. Its page notifies the console's page, which waits,
// and closes itself. If it cannot, it shows the result.
func (s *Server) oauthCallback() http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		v, err := s.Accounts.FinishVerification(r.Context(), actorOf(r.Context()).SessionID, account.Callback{
			State:            q.Get("state"),
			Code:             q.Get("code"),
			Error:            q.Get("error"),
			ErrorDescription: q.Get("error_description"),
		})
		shown := callbackPage{
			ID:      v.ID,
			State:   v.State,
			Purpose: v.Purpose,
			Home:    s.ExternalURL + "/",
		}
		status := http.StatusOK
		switch {
		case err != nil:
			p := s.problemOf(r.Context(), r.Method, err)
			status, shown.ID = p.Status, ""
			shown.Title, shown.Message = "This did not work", p.Detail
		case v.State == towpath.VerificationVerified:
			shown.Title, shown.Message = "Access granted",
				"You can close this window and continue in Towpath."
		default:
			shown.Title, shown.Message = "This did not work", wording.Text(v.Reason)
		}
		show(w, status, shown)
	}
}

// show writes the page. No other page may frame it, and nothing but its own script runs in it.
func show(w http.ResponseWriter, status int, shown callbackPage) {
	shown.Nonce = secret.NewToken(16)
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'nonce-"+shown.Nonce+
		"'; script-src 'nonce-"+shown.Nonce+"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	w.WriteHeader(status)
	_ = callbackTemplate.Execute(w, shown) // the client is gone if this fails
}
