package bitbucket

import (
	"errors"
	"fmt"
	"net/http"
	"path"
	"strings"

	"towpath/internal/gitsim"
)

// showEditor lets a person add or change a file without a clone. The head that was shown goes
// along, so that nobody overwrites a change that came between.
func (s pages) showEditor(w http.ResponseWriter, r *http.Request, p repoPage) {
	branch, file := r.FormValue("branch"), r.FormValue("path")
	orElse(&branch, p.repo.MainBranch)
	head, content := "", ""
	if hash, err := p.git.Branch(branch); err == nil {
		head = hash
		if c, err := p.git.Commit(hash); err == nil {
			if entry, err := p.git.Lookup(c.Tree, file); err == nil && !entry.IsDir() {
				data, err := p.git.Blob(entry.Hash)
				if err != nil {
					s.pageError(w, r, err)
					return
				}
				content = string(data)
			}
		}
	}
	s.editorPage(w, r, p, http.StatusOK, obj{
		"Branch": branch, "Path": file, "Head": head,
		"Content": content,
	})
}

func (s pages) editorPage(w http.ResponseWriter, r *http.Request, p repoPage, status int, data obj) {
	data["Title"], data["Repo"] = "Edit a file · "+p.repo.FullName(), p.repo
	s.render(w, r, status, "editor", data)
}

func (s pages) saveEditor(w http.ResponseWriter, r *http.Request, p repoPage) {
	user, _ := s.sessionUser(r)
	branch := r.PostFormValue("branch")
	file := strings.TrimPrefix(path.Clean("/"+r.PostFormValue("path")), "/")
	message := r.PostFormValue("message")
	content := strings.ReplaceAll(r.PostFormValue("content"), "\r\n", "\n") // a form sends CRLF
	again := func(problem string) {
		s.editorPage(w, r, p, http.StatusBadRequest, obj{
			"Branch": branch, "Path": file, "Head": r.PostFormValue("head"), "Content": content,
			"Message": message, "Problem": problem,
		})
	}
	if file == "" {
		again("Enter a file name.")
		return
	}
	if _, err := p.git.Run(nil, "check-ref-format", "--branch", branch); err != nil {
		again("Enter a valid branch name.")
		return
	}
	orElse(&message, file+" edited online with Bitbucket")
	spec := gitsim.NewCommit{
		Branch:  branch,
		Start:   p.repo.MainBranch,
		Parent:  r.PostFormValue("head"),
		Message: message,
		Author:  fmt.Sprintf("%s <%s>", user.DisplayName, user.Email),
		Files:   []gitsim.FileChange{{Path: file, Data: []byte(content)}},
	}
	hash := ""
	err := s.receive(p.repo, user, true, func() (err error) {
		hash, err = p.git.Write(spec, s.opts.Now())
		return err
	})
	switch {
	case errors.Is(err, gitsim.ErrStaleParent):
		again("The branch moved meanwhile. Open the file again.")
	case err != nil:
		s.pageError(w, r, err)
	default:
		http.Redirect(w, r, "/"+p.repo.FullName()+"/commits/"+hash, http.StatusSeeOther)
	}
}
