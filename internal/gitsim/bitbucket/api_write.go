package bitbucket

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"towpath/internal/gitsim"
)

// authorForm keeps line breaks and brackets out of the input of git fast-import.
var authorForm = regexp.MustCompile(`^[^<>\x00-\x1f]+ <[^<>\x00-\x1f]*>$`)

// postSource makes a commit from a form. A part with a file name, or with a leading slash in its
// name, is a file; the others are parameters. Parameters in the query are ignored.
func (s api) postSource(c *call) error {
	spec, err := readCommitForm(c)
	if err != nil {
		return err
	}
	if spec.Parent != "" {
		if parent, err := c.git.Commit(spec.Parent); err != nil || parent.Hash != spec.Parent {
			return badRequest("parents: Commit not found: "+spec.Parent, obj{"parents": []string{}})
		}
	}
	orElse(&spec.Message, "Edited online with Bitbucket")
	orElse(&spec.Author, fmt.Sprintf("%s <%s>", c.user.DisplayName, c.user.Email))
	if !authorForm.MatchString(spec.Author) {
		return badRequest("author: want \"Name <mail>\"", obj{"author": []string{"invalid"}})
	}
	orElse(&spec.Branch, c.repo.MainBranch)
	spec.Start = c.repo.MainBranch
	branch := spec.Branch
	if _, err := c.git.Run(nil, "check-ref-format", "--branch", branch); err != nil {
		return badRequest("Invalid branch name: "+branch, obj{"branch": []string{"invalid"}})
	}
	var hash string
	err = s.receive(c.repo, *c.user, true, func() (err error) {
		hash, err = c.git.Write(spec, s.opts.Now())
		return err
	})
	switch {
	case errors.Is(err, gitsim.ErrStaleParent):
		return apiError{
			status:  http.StatusConflict,
			message: "parents: the commit is not the head of branch " + branch,
		}
	case errors.Is(err, gitsim.ErrNoFile):
		return badRequest("files: no such file", obj{"files": []string{}})
	case err != nil:
		return err
	}
	c.w.Header().Set("Location", s.repoAPI(c.repo)+"/commit/"+hash)
	c.w.WriteHeader(http.StatusCreated)
	return nil
}

func readCommitForm(c *call) (gitsim.NewCommit, error) {
	var spec gitsim.NewCommit
	form := url.Values{}
	reader, err := c.r.MultipartReader()
	if err == nil {
		err = readParts(reader, &spec, form)
	} else if errors.Is(err, http.ErrNotMultipart) {
		if err = c.r.ParseForm(); err == nil {
			form = c.r.PostForm
		}
	}
	if err != nil {
		return spec, badRequest("Bad request: "+err.Error(), nil)
	}
	written := map[string]bool{}
	for _, f := range spec.Files {
		written[f.Path] = true
	}
	for key, values := range form {
		switch key {
		case "message":
			spec.Message = values[0]
		case "author":
			spec.Author = values[0]
		case "branch":
			spec.Branch = values[0]
		case "parents":
			if len(values) > 1 || strings.ContainsAny(values[0], ", ") {
				return spec, badRequest("parents: only one parent is supported", obj{"parents": []string{}})
			}
			spec.Parent = values[0]
		case "files":
		default:
			path := strings.TrimPrefix(key, "/")
			written[path] = true
			spec.Files = append(spec.Files, gitsim.FileChange{Path: path, Data: []byte(values[0])})
		}
	}
	for _, name := range form["files"] {
		if path := strings.TrimPrefix(name, "/"); !written[path] {
			spec.Files = append(spec.Files, gitsim.FileChange{Path: path, Delete: true})
		}
	}
	return spec, nil
}

func readParts(reader *multipart.Reader, spec *gitsim.NewCommit, form url.Values) error {
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return err
		}
		name := part.FormName()
		if part.FileName() == "" && !strings.HasPrefix(name, "/") {
			form.Add(name, string(data))
			continue
		}
		f := gitsim.FileChange{Path: strings.TrimPrefix(name, "/"), Data: data}
		if strings.Contains(part.Header.Get("Content-Disposition"), `x-attributes="executable"`) {
			f.Mode = "100755"
		}
		spec.Files = append(spec.Files, f)
	}
}
