package bitbucket

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"towpath/internal/gitsim"
)

// shownLines bounds the lines of one file on the page of a pull request.
const shownLines = 400

// fileDiff is a file that a pull request changes, with its text and the findings at its lines.
type fileDiff struct {
	Path, Status string
	Lines        []diffLine
}

type diffLine struct {
	Number      int
	Text        string
	Annotations []Annotation
}

// onPullRequest finds the pull request of the path.
func (s pages) onPullRequest(
	needs string, next func(http.ResponseWriter, *http.Request, repoPage, pullRequest),
) http.HandlerFunc {
	return s.onRepository(needs, func(w http.ResponseWriter, r *http.Request, p repoPage) {
		id, err := strconv.Atoi(r.PathValue("id"))
		pr, ok := s.pullRequest(p.repo.UUID, id)
		if err != nil || !ok {
			s.renderMessage(w, r, http.StatusNotFound, "Pull request not found", r.PathValue("id"))
			return
		}
		next(w, r, p, pr)
	})
}

func (s pages) showPullRequest(w http.ResponseWriter, r *http.Request, p repoPage, pr pullRequest) {
	s.pullRequestPage(w, r, p, pr, nil)
}

func (s pages) pullRequestPage(
	w http.ResponseWriter, r *http.Request, p repoPage, pr pullRequest, problem error,
) {
	reports := s.reportRows(p.repo, pr.SourceHash)
	diffs, err := s.diffs(p, pr, reports)
	if err != nil {
		s.pageError(w, r, err)
		return
	}
	user, signed := s.sessionUser(r)
	data := obj{
		"Title": pr.Title, "Repo": p.repo, "PR": pr, "Statuses": s.Statuses(p.repo.FullName(), pr.SourceHash),
		"Reports": reports, "Diffs": diffs, "Reader": signed, "Writer": gitsim.Permits(p.permission, "write"),
	}
	names := map[string]string{}
	for _, c := range pr.Comments {
		names[c.Author] = s.nameOf(c.Author)
	}
	for _, a := range pr.Approvals {
		names[a.User] = s.nameOf(a.User)
	}
	data["Names"], data["Approved"] = names, signed && pr.approvedBy(user.UUID)
	status := http.StatusOK
	if e, ok := errors.AsType[apiError](problem); ok {
		data["Problem"], status = e.message, e.status
	}
	s.render(w, r, status, "pullrequest", data)
}

func (s *Sim) nameOf(uuid string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u := s.state.userByUUID(uuid); u != nil {
		return u.DisplayName
	}
	return "somebody"
}

// diffs are the files that a pull request changes since its branches parted.
func (s pages) diffs(p repoPage, pr pullRequest, reports []Report) (files []fileDiff, err error) {
	base, unrelated := p.git.MergeBase(pr.DestHash, pr.SourceHash)
	if unrelated != nil {
		return nil, nil
	}
	head, err := p.git.Commit(pr.SourceHash)
	if err != nil {
		return nil, err
	}
	before, err := p.git.Commit(base)
	if err != nil {
		return nil, err
	}
	rows, err := p.git.Diff(before.Tree, head.Tree, gitsim.DiffOptions{Renames: true})
	for _, row := range rows {
		file := fileDiff{Path: row.New, Status: row.Status}
		if row.Status == "removed" {
			file.Path = row.Old
		} else if entry, err := p.git.Lookup(head.Tree, row.New); err == nil {
			if content, err := p.git.Blob(entry.Hash); err == nil && utf8.Valid(content) {
				file.Lines = annotated(file.Path, string(content), reports)
			}
		}
		files = append(files, file)
	}
	return files, err
}

func annotated(path, content string, reports []Report) (lines []diffLine) {
	for i, text := range strings.Split(strings.TrimSuffix(content, "\n"), "\n") {
		if i == shownLines {
			break
		}
		line := diffLine{Number: i + 1, Text: text}
		for _, report := range reports {
			for _, a := range report.Annotations {
				if a.Path == path && (a.Line == line.Number || (a.Line == 0 && i == 0)) {
					line.Annotations = append(line.Annotations, a)
				}
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// act shows the page again after what a person did, or why it was refused.
func (s pages) act(w http.ResponseWriter, r *http.Request, p repoPage, pr pullRequest, err error) {
	if _, refused := errors.AsType[apiError](err); refused {
		s.pullRequestPage(w, r, p, pr, err)
		return
	}
	if err != nil {
		s.pageError(w, r, err)
		return
	}
	http.Redirect(w, r, "/"+p.repo.FullName()+"/pull-requests/"+itoa(pr.ID), http.StatusSeeOther)
}

func (s pages) mergeByPage(w http.ResponseWriter, r *http.Request, p repoPage, pr pullRequest) {
	user, _ := s.sessionUser(r)
	closing := r.PostFormValue("close") != ""
	how := mergeSpec{Strategy: r.PostFormValue("strategy"), CloseSource: &closing}
	_, err := s.mergePR(p.repo, user, pr, how)
	s.act(w, r, p, pr, err)
}

func (s pages) declineByPage(w http.ResponseWriter, r *http.Request, p repoPage, pr pullRequest) {
	user, _ := s.sessionUser(r)
	_, err := s.declinePR(p.repo, user, pr)
	s.act(w, r, p, pr, err)
}

func (s pages) commentByPage(w http.ResponseWriter, r *http.Request, p repoPage, pr pullRequest) {
	user, signed := s.sessionUser(r)
	if !signed {
		s.toSignIn(w, r)
		return
	}
	_, _, err := s.commentPR(p.repo, user, pr.ID, r.PostFormValue("text"), nil)
	s.act(w, r, p, pr, err)
}

// toggleTask resolves a task, or opens it again.
func (s pages) toggleTask(w http.ResponseWriter, r *http.Request, p repoPage, pr pullRequest) {
	user, signed := s.sessionUser(r)
	if !signed {
		s.toSignIn(w, r)
		return
	}
	err := s.changePR(p.repo, pr.ID, func(found *pullRequest) error {
		for i := range found.Tasks {
			if task := &found.Tasks[i]; strconv.Itoa(task.ID) == r.PostFormValue("task") {
				task.Resolved, task.ResolvedBy = !task.Resolved, user.UUID
				task.UpdatedOn = s.opts.Now().UTC()
			}
		}
		return nil
	})
	s.act(w, r, p, pr, err)
}

// newPullRequest opens one by the form on the page of a branch.
func (s pages) newPullRequest(w http.ResponseWriter, r *http.Request, p repoPage) {
	user, signed := s.sessionUser(r)
	if !signed {
		s.toSignIn(w, r)
		return
	}
	spec := PullRequestSpec{Title: r.PostFormValue("title"), Source: r.PostFormValue("source")}
	orElse(&spec.Title, spec.Source)
	pr, err := s.openPR(p.repo, user, spec)
	if e, refused := errors.AsType[apiError](err); refused {
		s.renderMessage(w, r, e.status, "No pull request was created", e.message)
		return
	}
	s.act(w, r, p, pr, err)
}
