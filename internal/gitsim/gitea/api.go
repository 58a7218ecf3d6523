package gitea

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"towpath/internal/gitsim"
)

const maxPerPage = 50 // MAX_RESPONSE_ITEMS

// call is one request to the API by somebody who is known.
type call struct {
	w     http.ResponseWriter
	r     *http.Request
	user  User
	token token
	repo  Repository // of paths below /repos
	may   string     // the person's permission there
}

func (c call) fail(status int, message string) {
	writeJSON(c.w, status, map[string]any{"message": message, "url": "https://gitea.example/api/swagger"})
}

func (c call) notFound(message string) {
	if message == "" {
		message = "not found"
	}
	writeJSON(c.w, http.StatusNotFound, map[string]any{
		"message": message, "url": "https://gitea.example/api/swagger", "errors": []string{},
	})
}

// decode reads a JSON body and answers for one that cannot be read.
func (c call) decode(into any) bool {
	if err := json.NewDecoder(http.MaxBytesReader(c.w, c.r.Body, maxBody)).Decode(into); err != nil {
		c.fail(http.StatusUnprocessableEntity, err.Error())
		return false
	}
	return true
}

func (s *Sim) serveAPI(w http.ResponseWriter, r *http.Request) {
	f := s.faults.Current()
	if f.APIDelay > 0 {
		select {
		case <-time.After(f.APIDelay):
		case <-r.Context().Done():
		}
	}
	if status := s.faults.APIStatus(r.URL.Path); status != 0 {
		if f.RetryAfter != "" {
			w.Header().Set("Retry-After", f.RetryAfter)
		}
		call{w: w, r: r}.fail(status, http.StatusText(status))
		return
	}
	s.api.ServeHTTP(w, r)
}

// apiRoutes routes by the escaped path, so that an escaped slash stays within its segment.
func (s *Sim) apiRoutes() http.Handler {
	const repo = "/api/v1/repos/{owner}/{name}"
	m := http.NewServeMux()
	m.HandleFunc("GET /api/v1/user", s.as("user", s.getUser))
	m.HandleFunc("GET /api/v1/user/repos", s.as("user", s.listRepositories))
	m.HandleFunc("GET /api/v1/repositories/{id}", s.as("repository", s.getByID))
	m.HandleFunc("GET "+repo, s.in("read", s.getRepository))
	m.HandleFunc("GET "+repo+"/git/trees/{sha}", s.in("read", s.getTree))
	m.HandleFunc("GET "+repo+"/git/commits/{sha}", s.in("read", s.getCommit))
	m.HandleFunc("GET "+repo+"/raw/{path...}", s.in("read", s.getRaw))
	m.HandleFunc("POST "+repo+"/contents", s.in("write", s.postContents))
	m.HandleFunc("POST "+repo+"/statuses/{sha}", s.in("write", s.postStatus))
	m.HandleFunc("GET "+repo+"/hooks", s.in("admin", s.listHooks))
	m.HandleFunc("POST "+repo+"/hooks", s.in("admin", s.postHook))
	m.HandleFunc("GET "+repo+"/hooks/{id}", s.in("admin", s.getHook))
	m.HandleFunc("PATCH "+repo+"/hooks/{id}", s.in("admin", s.patchHook))
	m.HandleFunc("DELETE "+repo+"/hooks/{id}", s.in("admin", s.deleteHook))
	m.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { call{w: w, r: r}.notFound("") })
	return m
}

// as serves a signed-in person whose token covers a category.
func (s *Sim) as(category string, serve func(call)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c := call{w: w, r: r}
		kind, text, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		s.mu.Lock()
		t, known := s.tokens[text]
		account := s.user(t.login)
		s.mu.Unlock()
		switch {
		case text == "":
			c.fail(http.StatusUnauthorized, "token is required")
			return
		case !known || t.refresh || account == nil ||
			(!strings.EqualFold(kind, "Bearer") && !strings.EqualFold(kind, "token")):
			c.fail(http.StatusUnauthorized, "invalid username, password or token")
			return
		}
		write := r.Method != http.MethodGet
		if !t.allows(category, write) {
			access := map[bool]string{false: "read", true: "write"}[write]
			c.fail(http.StatusForbidden,
				fmt.Sprintf("token does not have at least one of required scope(s), required=[%s:%s], "+
					"token scope=%s",
					access, category, strings.Join(t.scopes, ",")))
			return
		}
		c.user, c.token = *account, t
		serve(c)
	}
}

// in serves somebody who has a permission in the repository that the path names.
func (s *Sim) in(needs string, serve func(call)) http.HandlerFunc {
	return s.as("repository", func(c call) {
		owner, name := c.r.PathValue("owner"), c.r.PathValue("name")
		s.mu.Lock()
		moved := s.byID(s.former[strings.ToLower(owner+"/"+name)])
		repo := s.repository(owner, name)
		if repo != nil {
			c.repo, c.may = *repo, s.permission(repo, c.user.Login)
		}
		s.mu.Unlock()
		switch {
		case moved != nil:
			old := "/" + url.PathEscape(owner) + "/" + url.PathEscape(name)
			to := strings.Replace(c.r.URL.EscapedPath(), old, "/"+moved.FullName(), 1)
			if c.r.URL.RawQuery != "" {
				to += "?" + c.r.URL.RawQuery
			}
			http.Redirect(c.w, c.r, to, http.StatusMovedPermanently)
		case c.may == "":
			c.notFound("")
		case !gitsim.Permits(c.may, needs):
			c.fail(http.StatusForbidden, "user should be the owner of the repo or have the needed access")
		default:
			serve(c)
		}
	})
}

// paged answers one page of a list.
func paged[T any](c call, all []T) {
	page, _ := strconv.Atoi(c.r.URL.Query().Get("page"))
	limit, _ := strconv.Atoi(c.r.URL.Query().Get("limit"))
	if limit <= 0 {
		limit = 30
	}
	limit = min(limit, maxPerPage)
	from := min((max(page, 1)-1)*limit, len(all))
	c.w.Header().Set("X-Total-Count", strconv.Itoa(len(all)))
	writeJSON(c.w, http.StatusOK, append([]T{}, all[from:min(from+limit, len(all))]...))
}

func userJSON(u User) map[string]any {
	return map[string]any{
		"id": u.ID, "login": u.Login, "full_name": u.FullName, "email": u.Email,
		"is_admin": false, "active": true,
	}
}

// repositoryJSON needs s.mu.
func (s *Sim) repositoryJSON(r Repository, may string, empty bool) map[string]any {
	owner := map[string]any{}
	if u := s.user(r.Owner); u != nil {
		owner = userJSON(*u)
	}
	page := s.opts.BaseURL + "/" + r.FullName()
	return map[string]any{
		"id": r.ID, "owner": owner, "name": r.Name, "full_name": r.FullName(), "private": r.Private,
		"empty": empty, "html_url": page, "clone_url": page + ".git", "url": s.opts.BaseURL +
			"/api/v1/repos/" + r.FullName(), "default_branch": r.DefaultBranch,
		"updated_at": r.Updated.Format("2006-01-02T15:04:05Z07:00"), "object_format_name": "sha1",
		"permissions": map[string]bool{
			"admin": gitsim.Permits(may, "admin"), "push": gitsim.Permits(may, "write"),
			"pull": gitsim.Permits(may, "read"),
		},
	}
}

func (s *Sim) getUser(c call) { writeJSON(c.w, http.StatusOK, userJSON(c.user)) }

// listRepositories lists what the person owns or was given explicitly.
func (s *Sim) listRepositories(c call) {
	if !c.token.allows("repository", false) {
		c.fail(http.StatusForbidden,
			"token does not have at least one of required scope(s), required=[read:repository], token scope="+
				strings.Join(c.token.scopes, ","))
		return
	}
	type row struct {
		repo Repository
		may  string
	}
	var rows []row
	s.mu.Lock()
	for _, r := range s.known {
		if may := s.permission(r, c.user.Login); may != "" {
			rows = append(rows, row{*r, may})
		}
	}
	s.mu.Unlock()
	slices.SortFunc(rows, func(a, b row) int { return strings.Compare(a.repo.FullName(), b.repo.FullName()) })
	all := make([]map[string]any, len(rows))
	for i, r := range rows {
		s.mu.Lock()
		all[i] = s.repositoryJSON(r.repo, r.may, false)
		s.mu.Unlock()
	}
	paged(c, all)
}

func (s *Sim) getByID(c call) {
	id, _ := strconv.ParseInt(c.r.PathValue("id"), 10, 64)
	s.mu.Lock()
	r := s.byID(id)
	if r != nil {
		c.repo, c.may = *r, s.permission(r, c.user.Login)
	}
	s.mu.Unlock()
	if c.may == "" {
		c.notFound("")
		return
	}
	s.getRepository(c)
}

func (s *Sim) getRepository(c call) {
	refs, err := s.git(c.repo).Refs()
	if err != nil {
		c.fail(http.StatusInternalServerError, "")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	writeJSON(c.w, http.StatusOK, s.repositoryJSON(c.repo, c.may, len(refs) == 0))
}
