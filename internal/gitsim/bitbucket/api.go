package bitbucket

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"towpath/internal/gitsim"
)

const maxBody = 32 << 20

// api serves the REST API.
type api struct{ *Sim }

// route is one operation of the API, with who may call it.
type route struct {
	method, pattern string
	scope           string // that the token needs; "" means any token
	permission      string // on the repository of the path: "read", "write", "admin"
	handle          func(api, *call) error
}

// on makes a route, so that the table of all has one a line.
func on(method, pattern, scope, permission string, handle func(api, *call) error) route {
	return route{method: method, pattern: pattern, scope: scope, permission: permission, handle: handle}
}

// routes is the whole API. A segment {name} matches one segment, {name...} the rest.
var routes = []route{
	on("GET", "user", "account", "", api.getUser),
	on("GET", "user/emails", "email", "", api.listEmails),
	on("GET", "user/workspaces", "account", "", api.listWorkspaces),
	on("GET", "user/workspaces/{ws}/permission", "account", "", api.getWorkspacePermission),
	on("GET", "user/workspaces/{ws}/permissions/repositories", "account", "",
		api.listRepositoryPermissions),
	on("GET", "user/permissions/repositories", "", "", gone("CHANGE-2770")),
	on("GET", "user/permissions/workspaces", "", "", gone("CHANGE-2770")),
	on("GET", "workspaces", "", "", gone("CHANGE-2770")),
	on("GET", "repositories", "", "", gone("CHANGE-2770")),
	on("GET", "workspaces/{ws}", "", "", api.getWorkspace),
	on("GET", "workspaces/{ws}/permissions/repositories/{repo}", "repository", "admin",
		api.listRepositoryUsers),
	on("GET", "hook_events/{subject}", "", "", api.listHookEvents),

	on("GET", "repositories/{ws}", "repository", "", api.listRepositories),
	on("GET", "repositories/{ws}/{repo}", "repository", "read", api.getRepository),

	on("GET", "repositories/{ws}/{repo}/refs/branches", "repository", "read", api.listBranches),
	on("POST", "repositories/{ws}/{repo}/refs/branches", "repository:write", "write", api.createBranch),
	on("GET", "repositories/{ws}/{repo}/refs/branches/{name...}", "repository", "read", api.getBranch),
	on("DELETE", "repositories/{ws}/{repo}/refs/branches/{name...}", "repository:write", "write",
		api.deleteBranch),

	on("GET", "repositories/{ws}/{repo}/commit/{commit}", "repository", "read", api.getCommit),
	on("GET", "repositories/{ws}/{repo}/commits", "repository", "read", api.listCommits),
	on("POST", "repositories/{ws}/{repo}/commits", "repository", "read", api.listCommits),
	on("GET", "repositories/{ws}/{repo}/commits/{revision}", "repository", "read", api.listCommits),
	on("POST", "repositories/{ws}/{repo}/commits/{revision}", "repository", "read", api.listCommits),
	on("GET", "repositories/{ws}/{repo}/merge-base/{spec}", "repository", "read", api.getMergeBase),
	on("GET", "repositories/{ws}/{repo}/diffstat/{spec...}", "repository", "read", api.getDiffstat),
	on("GET", "repositories/{ws}/{repo}/src", "repository", "read", api.redirectSource),
	on("POST", "repositories/{ws}/{repo}/src", "repository:write", "write", api.postSource),
	on("GET", "repositories/{ws}/{repo}/src/{commit}/{path...}", "repository", "read", api.getSource),

	on("GET", "repositories/{ws}/{repo}/hooks", "webhook", "admin", api.listHooks),
	on("POST", "repositories/{ws}/{repo}/hooks", "webhook", "admin", api.createHook),
	on("GET", "repositories/{ws}/{repo}/hooks/{uid}", "webhook", "admin", api.getHook),
	on("PUT", "repositories/{ws}/{repo}/hooks/{uid}", "webhook", "admin", api.updateHook),
	on("DELETE", "repositories/{ws}/{repo}/hooks/{uid}", "webhook", "admin", api.deleteHook),

	on("GET", "repositories/{ws}/{repo}/commit/{commit}/statuses", "repository", "read", api.listStatuses),
	on("POST", "repositories/{ws}/{repo}/commit/{commit}/statuses/build", "repository", "read",
		api.postStatus),
	on("GET", "repositories/{ws}/{repo}/commit/{commit}/statuses/build/{key}", "repository", "read",
		api.getStatus),
	on("PUT", "repositories/{ws}/{repo}/commit/{commit}/statuses/build/{key}", "repository", "read",
		api.putStatus),

	on("GET", "repositories/{ws}/{repo}/commit/{commit}/reports", "repository", "read", api.listReports),
	on("GET", "repositories/{ws}/{repo}/commit/{commit}/reports/{report}", "repository", "read",
		api.getReport),
	on("PUT", "repositories/{ws}/{repo}/commit/{commit}/reports/{report}", "repository", "read",
		api.putReport),
	on("DELETE", "repositories/{ws}/{repo}/commit/{commit}/reports/{report}", "repository", "read",
		api.deleteReport),
	on("GET", "repositories/{ws}/{repo}/commit/{commit}/reports/{report}/annotations", "repository", "read",
		api.listAnnotations),
	on("POST", "repositories/{ws}/{repo}/commit/{commit}/reports/{report}/annotations", "repository", "read",
		api.postAnnotations),
	on("GET", "repositories/{ws}/{repo}/commit/{commit}/reports/{report}/annotations/{annotation}",
		"repository", "read", api.getAnnotation),
	on("PUT", "repositories/{ws}/{repo}/commit/{commit}/reports/{report}/annotations/{annotation}",
		"repository", "read", api.putAnnotation),
	on("DELETE", "repositories/{ws}/{repo}/commit/{commit}/reports/{report}/annotations/{annotation}",
		"repository", "read", api.deleteAnnotation),

	on("GET", "repositories/{ws}/{repo}/commit/{commit}/pullrequests", "pullrequest", "read",
		api.listCommitPullRequests),
	on("GET", "repositories/{ws}/{repo}/pullrequests", "pullrequest", "read", api.listPullRequests),
	on("POST", "repositories/{ws}/{repo}/pullrequests", "pullrequest:write", "read",
		api.createPullRequest),
	on("GET", "repositories/{ws}/{repo}/pullrequests/{id}", "pullrequest", "read", api.getPullRequest),
	on("GET", "repositories/{ws}/{repo}/pullrequests/{id}/diffstat", "pullrequest", "read",
		redirectPullRequest("diffstat")),
	on("GET", "repositories/{ws}/{repo}/pullrequests/{id}/statuses", "pullrequest", "read",
		api.listPullRequestStatuses),
	on("POST", "repositories/{ws}/{repo}/pullrequests/{id}/merge", "pullrequest:write", "write",
		api.mergePullRequest),
	on("POST", "repositories/{ws}/{repo}/pullrequests/{id}/decline", "pullrequest:write", "write",
		api.declinePullRequest),
	on("GET", "repositories/{ws}/{repo}/pullrequests/{id}/activity", "pullrequest", "read",
		api.listActivity),
	on("POST", "repositories/{ws}/{repo}/pullrequests/{id}/approve", "pullrequest:write", "read",
		api.approvePullRequest),
	on("DELETE", "repositories/{ws}/{repo}/pullrequests/{id}/approve", "pullrequest:write", "read",
		api.unapprovePullRequest),
	on("GET", "repositories/{ws}/{repo}/pullrequests/{id}/comments", "pullrequest", "read",
		api.listComments),
	on("POST", "repositories/{ws}/{repo}/pullrequests/{id}/comments", "pullrequest", "read",
		api.createComment),
	on("PUT", "repositories/{ws}/{repo}/pullrequests/{id}/comments/{comment}", "pullrequest", "read",
		api.updateComment),
	on("DELETE", "repositories/{ws}/{repo}/pullrequests/{id}/comments/{comment}", "pullrequest", "read",
		api.deleteComment),
	on("GET", "repositories/{ws}/{repo}/pullrequests/{id}/tasks", "pullrequest", "read", api.listTasks),
	on("POST", "repositories/{ws}/{repo}/pullrequests/{id}/tasks", "pullrequest", "read", api.createTask),
	on("PUT", "repositories/{ws}/{repo}/pullrequests/{id}/tasks/{task}", "pullrequest", "read",
		api.updateTask),
	on("DELETE", "repositories/{ws}/{repo}/pullrequests/{id}/tasks/{task}", "pullrequest", "read",
		api.deleteTask),
}

// call is one request to the API.
type call struct {
	w       *gitsim.StatusRecorder
	r       *http.Request
	query   url.Values
	vars    map[string]string // decoded path variables
	user    *User             // nil for anonymous requests
	scopes  []string
	repo    Repository
	git     *gitsim.Repo
	granted string // permission on repo
	detail  string // for the log of requests
}

func (s api) serveAPI(w http.ResponseWriter, r *http.Request) {
	c := &call{w: &gitsim.StatusRecorder{ResponseWriter: w}, r: r, query: r.URL.Query()}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	defer func() {
		username := ""
		if c.user != nil {
			username = c.user.Username
		}
		s.requests.Record(r, username, c.detail, c.w.Status, s.opts.Now())
	}()
	if d := s.faults.Current().APIDelay; d > 0 {
		select {
		case <-time.After(d):
		case <-r.Context().Done():
		}
	}
	if status := s.faults.APIStatus(r.URL.Path); status != 0 {
		s.answerFault(c.w, status)
		return
	}
	if err := s.handle(c); err != nil {
		s.answerError(c.w, err)
	}
}

func (s api) handle(c *call) error {
	if err := s.authenticate(c); err != nil {
		return err
	}
	rt, err := findRoute(c)
	if err != nil {
		return err
	}
	if err := s.limit(c); err != nil {
		return err
	}
	if c.user == nil && (rt.permission != "read" || c.r.Method != http.MethodGet) &&
		!strings.HasPrefix(rt.pattern, "hook_events") {
		return apiError{status: http.StatusUnauthorized, message: "Access token required. Please log in."}
	}
	if c.user != nil && !hasScope(c.scopes, rt.scope) {
		return scopeError(c.scopes, rt.scope)
	}
	if rt.permission != "" {
		if err := s.openRepository(c, rt.permission); err != nil {
			return err
		}
	}
	return rt.handle(s, c)
}

// authenticate accepts a token as Bearer only; a token in the query or the form is ignored.
func (s api) authenticate(c *call) error {
	header := c.r.Header.Get("Authorization")
	if header == "" {
		return nil
	}
	scheme, text, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return apiError{
			status: http.StatusUnauthorized, plain: true,
			message: "Login failed due to incorrect login credentials or method. " +
				"Basic authentication is not part of this simulator; send the token as Bearer.",
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.accessToken(strings.TrimSpace(text))
	if err != nil {
		return apiError{status: http.StatusUnauthorized, message: err.Error()}
	}
	u := s.state.userByUUID(t.User)
	if u == nil {
		return apiError{status: http.StatusUnauthorized, message: errTokenUnknown.Error()}
	}
	copied := *u
	c.user, c.scopes = &copied, t.Scopes
	c.w.Header().Set("X-OAuth-Scopes", strings.Join(t.Scopes, ", "))
	c.w.Header().Set("X-Credential-Type", "oauth2")
	return nil
}

// findRoute matches on the escaped path, so that an encoded slash stays inside its segment.
func findRoute(c *call) (*route, error) {
	path := strings.TrimPrefix(strings.TrimPrefix(c.r.URL.EscapedPath(), "/2.0"), "/")
	segments := strings.Split(path, "/")
	allowed := false
	for i := range routes {
		vars, ok := matchPattern(routes[i].pattern, segments)
		if !ok {
			continue
		}
		allowed = true
		if routes[i].method == c.r.Method ||
			(c.r.Method == http.MethodHead && routes[i].method == http.MethodGet) {
			c.vars = vars
			return &routes[i], nil
		}
	}
	if allowed {
		return nil, apiError{status: http.StatusMethodNotAllowed, message: "Method not allowed"}
	}
	return nil, apiError{
		status: http.StatusNotFound, message: "Resource not found",
		detail: "There is no API hosted at this URL.",
	}
}

func matchPattern(pattern string, segments []string) (map[string]string, bool) {
	vars := map[string]string{}
	parts := strings.Split(pattern, "/")
	for i, part := range parts {
		name, variable := strings.CutPrefix(part, "{")
		name = strings.TrimSuffix(name, "}")
		if rest, ok := strings.CutSuffix(name, "..."); ok && i < len(segments) {
			value, err := url.PathUnescape(strings.Join(segments[i:], "/"))
			vars[rest] = value
			return vars, err == nil
		}
		if i >= len(segments) || (!variable && part != segments[i]) {
			return nil, false
		}
		if variable {
			value, err := url.PathUnescape(segments[i])
			if err != nil || value == "" {
				return nil, false
			}
			vars[name] = value
		}
	}
	// A trailing slash changes nothing, except for the root of a source tree, which has its own
	// pattern.
	return vars, len(segments) == len(parts) || (len(segments) == len(parts)+1 && segments[len(parts)] == "")
}

// openRepository finds the repository of the path and checks the caller's right. Private ones hide
// behind a 404.
func (s api) openRepository(c *call, needs string) error {
	s.mu.Lock()
	r := s.state.repository(c.vars["ws"], c.vars["repo"])
	if r != nil {
		c.repo, c.granted = r.clone(), s.state.permission(r, c.user)
	}
	s.mu.Unlock()
	if r == nil || c.granted == "" {
		return apiError{
			status: http.StatusNotFound,
			message: "You may not have access to this repository or it no longer exists in this workspace. " +
				"If you think this repository exists and you have access, make sure you are authenticated.",
		}
	}
	if !gitsim.Permits(c.granted, needs) {
		return apiError{status: http.StatusForbidden, message: "You do not have " + needs +
			" access to this repository."}
	}
	c.git = s.gitRepo(c.repo)
	return nil
}

// limit counts calls to /repositories of each user, or of each address when nobody is logged in;
// raw files are counted apart.
func (s api) limit(c *call) error {
	limits := s.currentLimits()
	if !strings.HasPrefix(c.r.URL.Path, "/2.0/repositories") || limits.RequestsPerHour < 0 {
		return nil
	}
	who, limit := "anonymous", 60
	if c.user != nil {
		who, limit = c.user.UUID, limits.RequestsPerHour
	}
	if c.r.Method == http.MethodGet && strings.Contains(c.r.URL.Path, "/src/") && c.r.URL.RawQuery == "" {
		who, limit = who+" files", limits.RawFilesPerHour
	}
	if !s.rate.Allow(who, limit, s.opts.Now()) {
		return apiError{status: http.StatusTooManyRequests}
	}
	return nil
}

// Requests are the latest requests to the API and the token endpoint, oldest first.
func (s *Sim) Requests() []gitsim.Request { return s.requests.All() }

func readBody(c *call) ([]byte, error) {
	data, err := io.ReadAll(c.r.Body)
	if err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return nil, apiError{status: http.StatusRequestEntityTooLarge, message: "Request body too large"}
		}
		return nil, fmt.Errorf("read the request: %w", err)
	}
	return data, nil
}
