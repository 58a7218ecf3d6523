package bitbucket

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"towpath/internal/gitsim"
)

const codeLife = 10 * time.Minute

// authorizeRequest is what a client asks the authorize page for.
type authorizeRequest struct {
	ClientID, RedirectURI, State string
	RedirectSent                 bool // redirect_uri was given and must be repeated with the code
	consumer                     Consumer
}

// serveAuthorize shows the consent page, after a sign-in, and sends the person back with a code or
// an error.
func (s pages) serveAuthorize(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		s.renderMessage(w, r, http.StatusBadRequest, "Bad request", err.Error())
		return
	}
	req, problem := s.parseAuthorize(r.Form)
	if problem != "" {
		// Never a redirect: the client's popup stays on this page.
		s.renderMessage(w, r, http.StatusBadRequest, "This integration cannot be used", problem)
		return
	}
	user, ok := s.sessionUser(r)
	if !ok {
		s.toSignIn(w, r)
		return
	}
	if r.Form.Get("response_type") != "code" {
		req.back(w, r, url.Values{"error": {"unsupported_response_type"}})
		return
	}
	f := s.faults.Current()
	decision := r.PostForm.Get("action")
	switch {
	case f.DenyConsent || decision == "deny":
		req.back(w, r,
			url.Values{"error": {"access_denied"}, "error_description": {"The user denied access."}})
	case f.AutoConsent || decision == "grant":
		req.back(w, r, url.Values{"code": {s.newCode(req, user)}})
	default:
		s.render(w, r, http.StatusOK, "consent", obj{
			"Title": "Confirm access to your account", "Request": req, "Consumer": req.consumer,
			"Labels": scopeLabels(req.consumer.Scopes),
		})
	}
}

// parseAuthorize checks the client and its redirect_uri; problem is the sentence for the person
// when they do not fit.
func (s pages) parseAuthorize(form url.Values) (req authorizeRequest, problem string) {
	req = authorizeRequest{
		ClientID:     form.Get("client_id"),
		RedirectURI:  form.Get("redirect_uri"),
		State:        form.Get("state"),
		RedirectSent: form.Get("redirect_uri") != "",
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.state.consumer(req.ClientID)
	if c == nil {
		return req, "Invalid client_id. This integration is misconfigured. Contact the vendor for assistance."
	}
	req.consumer = *c
	if c.CallbackURL == "" {
		return req, "No callback uri defined for the OAuth client."
	}
	if !req.RedirectSent {
		req.RedirectURI = c.CallbackURL
	} else if !redirectAllowed(c.CallbackURL, req.RedirectURI) {
		return req, "Invalid redirect_uri. This integration is misconfigured. Contact the vendor for " +
			"assistance."
	}
	return req, ""
}

// redirectAllowed is the prefix rule: the configured URL, or that URL with something appended. On a
// loopback address any port will do when the configured one has none.
func redirectAllowed(configured, asked string) bool {
	c, err := url.Parse(configured)
	if err != nil {
		return false
	}
	a, err := url.Parse(asked)
	if err != nil || a.Scheme != c.Scheme || a.User != nil || a.Fragment != "" {
		return false
	}
	loopback := c.Hostname() == "127.0.0.1" && c.Port() == "" && a.Hostname() == c.Hostname()
	if !strings.EqualFold(a.Host, c.Host) && !loopback {
		return false
	}
	if c.RawQuery != "" {
		return a.EscapedPath() == c.EscapedPath() && strings.HasPrefix(a.RawQuery, c.RawQuery)
	}
	return strings.HasPrefix(a.EscapedPath(), c.EscapedPath()) && !strings.Contains(a.EscapedPath(), "/../")
}

func (req authorizeRequest) back(w http.ResponseWriter, r *http.Request, values url.Values) {
	gitsim.RedirectBack(w, r, http.StatusFound, req.RedirectURI, req.State, values)
}

func (s pages) newCode(req authorizeRequest, user User) string {
	text := gitsim.RandomText(18)
	s.codes.Issue(text, gitsim.Code{
		Client:       req.ClientID,
		User:         user.UUID,
		RedirectURI:  req.RedirectURI,
		RedirectSent: req.RedirectSent,
		Expires:      s.opts.Now().Add(codeLife),
	})
	return text
}

// permissionGroup is a group of the consumer form with its check boxes.
type permissionGroup struct {
	Name  string
	Boxes []permissionBox
}

// permissionBox is one check box: its label, and the scope that it grants.
type permissionBox struct{ Label, Scope string }

// consumerForm is the permission part of the form for an OAuth consumer, in the real one's words
// and order.
var consumerForm = []permissionGroup{
	{"Account", []permissionBox{{"Email", "email"}, {"Read", "account"}, {"Write", "account:write"}}},
	{"Workspace membership", []permissionBox{{"Read", "team"}, {"Write", "team:write"}}},
	{"Projects", []permissionBox{{"Read", "project"}, {"Admin", "project:admin"}}},
	{"Repositories", []permissionBox{
		{"Read", "repository"},
		{"Write", "repository:write"},
		{"Admin", "repository:admin"},
		{"Delete", "repository:delete"},
	}},
	{"Pull requests", []permissionBox{{"Read", "pullrequest"}, {"Write", "pullrequest:write"}}},
	{"Webhooks", []permissionBox{{"Read and write", "webhook"}}},
	{"Pipelines", []permissionBox{
		{"Read", "pipeline"},
		{"Write", "pipeline:write"},
		{"Edit variables", "pipeline:variable"},
	}},
	{"Runners", []permissionBox{{"Read", "runner"}, {"Write", "runner:write"}}},
}

// scopeLabels names scopes as the form does: "Repositories: Write".
func scopeLabels(scopes []string) []string {
	var labels []string
	for _, group := range consumerForm {
		for _, box := range group.Boxes {
			for _, scope := range scopes {
				if scope == box.Scope {
					labels = append(labels, group.Name+": "+box.Label)
				}
			}
		}
	}
	return labels
}
