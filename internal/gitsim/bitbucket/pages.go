package bitbucket

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"

	"towpath/internal/gitsim"
)

//go:embed pages
var pageFiles embed.FS

// sessionCookie is named apart from others: cookies of one host are shared by all its ports.
const sessionCookie = "bitbucket_simulator_session"

var pageTemplates = template.Must(template.New("").Funcs(template.FuncMap{
	"short":   func(hash string) string { return hash[:min(7, len(hash))] },
	"subject": func(message string) string { line, _, _ := strings.Cut(message, "\n"); return line },
	"date":    func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") },
	"path":    escapePath,
	"has": func(list []string, v string) bool {
		return strings.Contains("\x00"+strings.Join(list, "\x00")+"\x00", "\x00"+v+"\x00")
	},
	"join":     strings.Join,
	"markdown": renderMarkdown,
	"tone":     stateTone,
	"sentence": stateWord,
}).ParseFS(pageFiles, "pages/*.html"))

// pages serves the web pages, with sign-in and consent.
type pages struct{ *Sim }

// pageRoutes are all pages. Forms are protected from other sites by http.CrossOriginProtection.
func (s pages) pageRoutes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.signedIn(s.showDashboard))
	mux.HandleFunc("GET /simulator.css",
		func(w http.ResponseWriter, r *http.Request) {
			http.ServeFileFS(w, r, pageFiles,
				"pages/simulator.css")
		})
	mux.HandleFunc("GET /avatars/{file}", s.showAvatar)
	mux.HandleFunc("GET /account/signin/{$}", s.showSignIn)
	mux.HandleFunc("POST /account/signin/{$}", s.signIn)
	mux.HandleFunc("POST /account/signout/{$}", s.signOut)
	mux.HandleFunc("GET /account/settings/app-authorizations/{$}", s.signedIn(s.showGrants))
	mux.HandleFunc("POST /account/settings/app-authorizations/{$}", s.signedIn(s.revokeGrant))
	mux.HandleFunc("GET /site/oauth2/authorize", s.serveAuthorize)
	mux.HandleFunc("POST /site/oauth2/authorize", s.serveAuthorize)
	mux.HandleFunc("GET /{ws}/workspace/settings/api", s.signedIn(s.showConsumers))
	mux.HandleFunc("GET /{ws}/workspace/settings/oauth-consumers/{id}/edit", s.signedIn(s.editConsumer))
	mux.HandleFunc("POST /{ws}/workspace/settings/oauth-consumers/{id}/edit", s.signedIn(s.saveConsumer))
	mux.HandleFunc("POST /{ws}/workspace/settings/oauth-consumers/{id}/delete", s.signedIn(s.deleteConsumer))
	mux.HandleFunc("GET /{ws}/{repo}", s.onRepository("read", s.showRepository))
	mux.HandleFunc("GET /{ws}/{repo}/{$}", s.onRepository("read", s.showRepository))
	mux.HandleFunc("GET /{ws}/{repo}/branch/{name...}", s.onRepository("read", s.showBranch))
	mux.HandleFunc("GET /{ws}/{repo}/commits/{hash}", s.onRepository("read", s.showCommit))
	mux.HandleFunc("GET /{ws}/{repo}/src/{hash}/{path...}", s.onRepository("read", s.showSource))
	mux.HandleFunc("GET /{ws}/{repo}/edit", s.onRepository("write", s.showEditor))
	mux.HandleFunc("POST /{ws}/{repo}/edit", s.onRepository("write", s.saveEditor))
	mux.HandleFunc("POST /{ws}/{repo}/pull-requests", s.onRepository("read", s.newPullRequest))
	mux.HandleFunc("GET /{ws}/{repo}/pull-requests/{id}", s.onPullRequest("read", s.showPullRequest))
	mux.HandleFunc("POST /{ws}/{repo}/pull-requests/{id}/merge", s.onPullRequest("write", s.mergeByPage))
	mux.HandleFunc("POST /{ws}/{repo}/pull-requests/{id}/decline", s.onPullRequest("write", s.declineByPage))
	mux.HandleFunc("POST /{ws}/{repo}/pull-requests/{id}/approve", s.onPullRequest("read", s.approveByPage))
	mux.HandleFunc("POST /{ws}/{repo}/pull-requests/{id}/comments", s.onPullRequest("read", s.commentByPage))
	mux.HandleFunc("POST /{ws}/{repo}/pull-requests/{id}/tasks", s.onPullRequest("read", s.toggleTask))
	mux.HandleFunc("GET /{ws}/{repo}/admin/webhooks", s.onRepository("admin", s.showHooks))
	mux.HandleFunc("POST /{ws}/{repo}/admin/webhooks/resend", s.onRepository("admin", s.resendDelivery))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.renderMessage(w, r, http.StatusNotFound, "Not found", "There is no such page in the simulator.")
	})
	guarded := http.NewCrossOriginProtection().Handler(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy",
			"default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		if s.faults.Current().COOP {
			h.Set("Cross-Origin-Opener-Policy", "same-origin")
		}
		r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
		guarded.ServeHTTP(w, r)
	})
}

// render writes a page; data gets what the frame around every page needs.
func (s pages) render(w http.ResponseWriter, r *http.Request, status int, name string, data obj) {
	if user, ok := s.sessionUser(r); ok {
		data["User"] = user
		data["Workspaces"] = s.workspacesOf(user)
	}
	var page bytes.Buffer
	if err := pageTemplates.ExecuteTemplate(&page, name+".html", data); err != nil {
		s.opts.Logger.Error("render a page", "page", name, "error", err)
		http.Error(w, "The page could not be rendered.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = page.WriteTo(w)
}

func (s pages) renderMessage(w http.ResponseWriter, r *http.Request, status int, title, message string) {
	s.render(w, r, status, "message", obj{"Title": title, "Message": message})
}

func (s pages) sessionUser(r *http.Request) (User, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u := s.state.userByUUID(s.sessions.User(r)); u != nil {
		return *u, true
	}
	return User{}, false
}

func (s pages) toSignIn(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "/account/signin/?next="+url.QueryEscape(r.URL.RequestURI()), http.StatusFound)
}

func (s pages) signedIn(next func(http.ResponseWriter, *http.Request, User)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		user, ok := s.sessionUser(r)
		if !ok {
			s.toSignIn(w, r)
			return
		}
		next(w, r, user)
	}
}

func (s pages) showSignIn(w http.ResponseWriter, r *http.Request) {
	s.render(w, r, http.StatusOK, "signin", obj{
		"Title": "Log in", "Next": gitsim.LocalPath(r.FormValue("next")),
		"Failed": false,
	})
}

func (s pages) signIn(w http.ResponseWriter, r *http.Request) {
	name := r.PostFormValue("username")
	password := r.PostFormValue("password")
	next := gitsim.LocalPath(r.PostFormValue("next"))
	s.mu.Lock()
	u := s.state.userByName(name)
	if u == nil {
		u = s.state.userByEmail(name)
	}
	ok := u != nil && u.Password != "" && gitsim.Equal(u.Password, password)
	s.mu.Unlock()
	if !ok {
		s.render(w, r, http.StatusUnauthorized, "signin", obj{
			"Title": "Log in", "Next": next, "Failed": true,
			"Username": name,
		})
		return
	}
	s.sessions.Begin(w, u.UUID)
	http.Redirect(w, r, next, http.StatusSeeOther)
}

func (s pages) signOut(w http.ResponseWriter, r *http.Request) {
	s.sessions.End(w, r)
	http.Redirect(w, r, "/account/signin/", http.StatusSeeOther)
}

// showAvatar draws the initials of a user, a workspace or a repository.
func (s pages) showAvatar(w http.ResponseWriter, r *http.Request) {
	uuid := "{" + strings.TrimSuffix(r.PathValue("file"), ".svg") + "}"
	s.mu.Lock()
	name := "?"
	if u := s.state.userByUUID(uuid); u != nil {
		name = u.DisplayName
	} else if ws := s.state.workspace(uuid); ws != nil {
		name = ws.Name
	} else if repo := s.state.repository("{}", uuid); repo != nil {
		name = repo.Name
	}
	s.mu.Unlock()
	initials := ""
	for _, word := range strings.Fields(name) {
		initials += string([]rune(word)[:1])
	}
	initials = strings.ToUpper(string([]rune(initials)[:min(2, len([]rune(initials)))]))
	w.Header().Set("Content-Type", "image/svg+xml")
	fmt.Fprintf(w,
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="8" fill="hsl(%d 45%% 40%%)"/>`+
			`<text x="32" y="41" font-family="sans-serif" font-size="26" text-anchor="middle" fill="white">%s</text></svg>`,
		hue(uuid), template.HTMLEscapeString(initials))
}

func hue(text string) int {
	sum := 0
	for _, b := range []byte(text) {
		sum = (sum*31 + int(b)) % 360
	}
	return sum
}

func htmlEscape(text string) string { return template.HTMLEscapeString(text) }

func stateTone(state string) string {
	switch state {
	case "SUCCESSFUL", "MERGED", "PASSED":
		return "good"
	case "FAILED", "DECLINED":
		return "bad"
	case "INPROGRESS", "OPEN", "PENDING":
		return "busy"
	}
	return "quiet"
}

func stateWord(state string) string {
	words := map[string]string{
		"SUCCESSFUL": "Successful", "FAILED": "Failed", "INPROGRESS": "In progress",
		"STOPPED": "Stopped",
	}
	if word := words[state]; word != "" {
		return word
	}
	return state
}
