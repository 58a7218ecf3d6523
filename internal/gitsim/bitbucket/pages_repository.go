package bitbucket

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"towpath/internal/gitsim"
)

// repoPage is what a handler of a repository's page gets.
type repoPage struct {
	repo       Repository
	git        *gitsim.Repo
	permission string
}

func (s pages) onRepository(
	needs string, next func(http.ResponseWriter, *http.Request, repoPage),
) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		user, signed := s.sessionUser(r)
		s.mu.Lock()
		var viewer *User
		if signed {
			viewer = &user
		}
		p := repoPage{}
		if repo := s.state.repository(r.PathValue("ws"), r.PathValue("repo")); repo != nil {
			p.repo, p.permission = repo.clone(), s.state.permission(repo, viewer)
		}
		s.mu.Unlock()
		switch {
		case gitsim.Permits(p.permission, needs):
			p.git = s.gitRepo(p.repo)
			next(w, r, p)
		case !signed:
			s.toSignIn(w, r)
		case p.permission == "":
			s.renderMessage(w, r, http.StatusNotFound, "Repository not found",
				"It does not exist, or you may not see it.")
		default:
			s.renderMessage(w, r, http.StatusForbidden, "Access denied", "You need "+needs+
				" access to this repository.")
		}
	}
}

func (s pages) showDashboard(w http.ResponseWriter, r *http.Request, user User) {
	type row struct {
		Repo       Repository
		Permission string
	}
	var rows []row
	for _, ws := range s.workspacesOf(user) {
		for _, v := range s.visibleRepositories(ws.Slug, &user) {
			rows = append(rows, row{v.repo, v.permission})
		}
	}
	s.render(w, r, http.StatusOK, "dashboard", obj{"Title": "Repositories", "Rows": rows})
}

func (s pages) showRepository(w http.ResponseWriter, r *http.Request, p repoPage) {
	s.repositoryPage(w, r, p, p.repo.MainBranch)
}

func (s pages) showBranch(w http.ResponseWriter, r *http.Request, p repoPage) {
	s.repositoryPage(w, r, p, r.PathValue("name"))
}

// commitRow is a commit with the build statuses that it carries.
type commitRow struct {
	*gitsim.Commit
	Statuses []Status
}

func (s pages) repositoryPage(w http.ResponseWriter, r *http.Request, p repoPage, branch string) {
	branches, err := p.git.Branches()
	if err != nil {
		s.pageError(w, r, err)
		return
	}
	names := make([]string, 0, len(branches))
	for _, b := range branches {
		names = append(names, b.Name)
	}
	var commits []commitRow
	head := ""
	if hash, err := p.git.Branch(branch); err == nil {
		head = hash
		out, err := p.git.Run(nil, "rev-list", "--max-count=30", hash)
		if err != nil {
			s.pageError(w, r, err)
			return
		}
		for hash := range strings.FieldsSeq(string(out)) {
			c, err := p.git.Commit(hash)
			if err != nil {
				s.pageError(w, r, err)
				return
			}
			commits = append(commits, commitRow{c, s.Statuses(p.repo.FullName(), hash)})
		}
	} else if len(branches) > 0 && branch != p.repo.MainBranch {
		s.renderMessage(w, r, http.StatusNotFound, "Branch not found", branch)
		return
	}
	s.mu.Lock()
	var open []pullRequest
	for _, pr := range s.state.PullRequests[p.repo.UUID] {
		open = append(open, pr.clone())
	}
	s.mu.Unlock()
	slices.Reverse(open)
	s.render(w, r, http.StatusOK, "repository", obj{
		"Title": p.repo.FullName(), "Repo": p.repo, "Branch": branch, "Branches": names, "Head": head,
		"Commits": commits, "PullRequests": open, "Admin": p.permission == "admin",
		"Writer": gitsim.Permits(p.permission, "write"),
	})
}

func (s pages) pageError(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, gitsim.ErrNoObject) {
		s.renderMessage(w, r, http.StatusNotFound, "Not found", "There is no such commit or file.")
		return
	}
	s.opts.Logger.Error("show a page", "path", r.URL.Path, "error", err)
	s.renderMessage(w, r, http.StatusInternalServerError, "Something went wrong",
		"The repository could not be read.")
}

func (s pages) pageCommit(r *http.Request, p repoPage) (*gitsim.Commit, error) {
	hash, err := p.git.Resolve(r.PathValue("hash"), p.repo.MainBranch)
	if err != nil {
		return nil, err
	}
	return p.git.Commit(hash)
}

func (s pages) showCommit(w http.ResponseWriter, r *http.Request, p repoPage) {
	c, err := s.pageCommit(r, p)
	if err != nil {
		s.pageError(w, r, err)
		return
	}
	before := emptyTree
	if len(c.Parents) > 0 {
		parent, err := p.git.Commit(c.Parents[0])
		if err != nil {
			s.pageError(w, r, err)
			return
		}
		before = parent.Tree
	}
	rows, err := p.git.Diff(before, c.Tree, gitsim.DiffOptions{Renames: true})
	if err != nil {
		s.pageError(w, r, err)
		return
	}
	type file struct {
		Status, Path, Was string
		Added, Removed    int
	}
	var files []file
	for _, row := range rows {
		f := file{Status: row.Status, Path: row.New, Added: row.Added, Removed: row.Removed}
		if row.Status == "removed" {
			f.Path = row.Old
		} else if row.Status == "renamed" {
			f.Was = row.Old
		}
		files = append(files, f)
	}
	s.render(w, r, http.StatusOK, "commit", obj{
		"Title": c.Hash[:7] + " · " + p.repo.FullName(), "Repo": p.repo, "Commit": c, "Files": files,
		"Statuses": s.Statuses(p.repo.FullName(), c.Hash), "Reports": s.reportRows(p.repo, c.Hash),
	})
}

// Reports are the Code Insights reports of a commit, as its page shows them.
func (s *Sim) Reports(repoFullName, commit string) []Report {
	s.mu.Lock()
	r := s.state.repositoryByName(repoFullName)
	s.mu.Unlock()
	if r == nil {
		return nil
	}
	return s.reportRows(*r, commit)
}

// Report is a Code Insights report as the commit page shows it.
type Report struct {
	Title, Details, Result, Reporter, Link string
	Fields                                 []ReportField
	Annotations                            []Annotation
}

// ReportField is a data field of a report.
type ReportField struct{ Title, Value, Link string }

// Annotation is a finding of a report at a line.
type Annotation struct {
	Path, Summary, Severity, Details string
	Line                             int
}

func (s *Sim) reportRows(repo Repository, hash string) []Report {
	s.mu.Lock()
	defer s.mu.Unlock()
	var rows []Report
	for _, r := range s.state.Reports[commitKey(repo.UUID, hash)] {
		row := Report{
			Title:    text(r.Fields, "title"),
			Details:  text(r.Fields, "details"),
			Result:   text(r.Fields, "result"),
			Reporter: text(r.Fields, "reporter"),
			Link:     text(r.Fields, "link"),
		}
		data, _ := r.Fields["data"].([]any)
		for _, d := range data {
			field, _ := d.(map[string]any)
			shown := ReportField{Title: text(field, "title"), Value: fmt.Sprint(field["value"])}
			if link, ok := field["value"].(map[string]any); ok {
				shown.Value, shown.Link = text(link, "text"), text(link, "href")
			}
			row.Fields = append(row.Fields, shown)
		}
		for _, a := range r.Annotations {
			line, _ := a["line"].(float64)
			row.Annotations = append(row.Annotations, Annotation{
				Path:     text(a, "path"),
				Summary:  text(a, "summary"),
				Severity: text(a, "severity"),
				Details:  text(a, "details"),
				Line:     int(line),
			})
		}
		rows = append(rows, row)
	}
	return rows
}

func (s pages) showSource(w http.ResponseWriter, r *http.Request, p repoPage) {
	c, err := s.pageCommit(r, p)
	if err != nil {
		s.pageError(w, r, err)
		return
	}
	entry, err := p.git.Lookup(c.Tree, r.PathValue("path"))
	if err != nil {
		s.pageError(w, r, err)
		return
	}
	data := obj{
		"Title": p.repo.FullName() + "/" + entry.Path, "Repo": p.repo, "Commit": c,
		"Path": entry.Path, "Dir": entry.IsDir(), "Writer": gitsim.Permits(p.permission, "write"),
	}
	if entry.IsDir() {
		entries, err := p.git.Walk(entry, 1, -1)
		if err != nil {
			s.pageError(w, r, err)
			return
		}
		type row struct {
			Name, Path string
			Dir        bool
		}
		var rows []row
		for _, e := range entries {
			rows = append(rows, row{
				Name: e.Path[strings.LastIndex(e.Path, "/")+1:], Path: e.Path,
				Dir: e.IsDir(),
			})
		}
		data["Entries"] = rows
	} else if content, err := p.git.Blob(entry.Hash); err == nil && utf8.Valid(content) &&
		bytes.IndexByte(content, 0) < 0 {
		data["Content"] = string(content)
	}
	s.render(w, r, http.StatusOK, "source", data)
}

func (s *Sim) pullRequest(repositoryUUID string, id int) (pullRequest, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, pr := range s.state.PullRequests[repositoryUUID] {
		if pr.ID == id {
			return pr.clone(), true
		}
	}
	return pullRequest{}, false
}

func (s pages) showHooks(w http.ResponseWriter, r *http.Request, p repoPage) {
	sent := s.Deliveries()
	slices.Reverse(sent)
	sent = slices.DeleteFunc(sent, func(d gitsim.Delivery) bool {
		return !slices.ContainsFunc(s.Hooks(p.repo.FullName()),
			func(h Hook) bool { return bareUUID(h.UUID) == d.Hook })
	})
	s.render(w, r, http.StatusOK, "hooks", obj{
		"Title": "Webhooks · " + p.repo.FullName(), "Repo": p.repo, "Hooks": s.Hooks(p.repo.FullName()),
		"Deliveries": sent[:min(30, len(sent))],
	})
}

func (s pages) resendDelivery(w http.ResponseWriter, r *http.Request, p repoPage) {
	id := r.PostFormValue("request")
	known := slices.ContainsFunc(s.Deliveries(), func(d gitsim.Delivery) bool {
		return d.ID == id &&
			d.Repository == p.repo.FullName()
	})
	if !known || s.Redeliver(id) != nil {
		s.renderMessage(w, r, http.StatusNotFound, "Delivery not found", id)
		return
	}
	http.Redirect(w, r, "/"+p.repo.FullName()+"/admin/webhooks", http.StatusSeeOther)
}

func itoa(n int) string { return strconv.Itoa(n) }
