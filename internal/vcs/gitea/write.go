package gitea

import (
	"context"
	"encoding/base64"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"towpath/internal/vcs"
)

// fileBody is one file of a commit.
type fileBody struct {
	Operation string `json:"operation"` // create; update and delete with the hash of the file that is there
	Path      string `json:"path"`
	Content   string `json:"content,omitempty"`
	SHA       string `json:"sha,omitempty"`
}

type writeBody struct {
	Branch  string     `json:"branch"`
	New     string     `json:"new_branch,omitempty"` // begins at Branch, which stays
	Message string     `json:"message"`
	Files   []fileBody `json:"files"`
}

// Write implements vcs.Client. The API takes no head that it would hold the branch to. So the head
// is read before, each file is guarded by the hash that it has there, and the new commit's parent
// is checked. A push of other files that falls in between keeps what it brought; the answer is a
// conflict then, and the commit stays on top of it.
func (c *client) Write(ctx context.Context, id string, w vcs.Write) (string, error) {
	const op = "write a commit"
	if w.Branch == "" || w.Parent == "" || len(w.Files) == 0 {
		return "", &vcs.Error{Kind: vcs.Rejected, Op: op, Message: "a branch, its head and a file are needed"}
	}
	at, err := c.locate(ctx, id)
	if err != nil {
		return "", err
	}
	heads, _, err := c.remote(at).Heads(ctx)
	if err != nil {
		return "", err
	}
	moved := &vcs.Error{Kind: vcs.Conflict, Op: op, Message: "the branch has moved"}
	body := writeBody{Branch: w.Branch, Message: w.Message}
	if w.From != "" {
		body.Branch, body.New = w.From, w.Branch
	}
	if heads[body.Branch] != w.Parent || (body.New != "" && heads[body.New] != "") {
		return "", moved
	}
	for _, file := range slices.Sorted(maps.Keys(w.Files)) {
		path := strings.Trim(file, "/")
		f := fileBody{
			Operation: "create", Path: path,
			Content: base64.StdEncoding.EncodeToString(w.Files[file]),
		}
		found, err := (&source{c: c, id: id}).find(ctx, op, at, w.Parent, path)
		switch {
		case err == nil:
			f.Operation, f.SHA = "update", found.SHA
		case vcs.KindOf(err) != vcs.NotFound:
			return "", err
		}
		body.Files = append(body.Files, f)
	}
	for _, file := range w.Remove {
		path := strings.Trim(file, "/")
		found, err := (&source{c: c, id: id}).find(ctx, op, at, w.Parent, path)
		if err != nil {
			return "", err
		}
		body.Files = append(body.Files, fileBody{Operation: "delete", Path: path, SHA: found.SHA})
	}
	return c.commit(ctx, op, at, w.Parent, body, moved)
}

func (c *client) commit(
	ctx context.Context, op string, at place, parent string, body writeBody, moved *vcs.Error,
) (string, error) {
	r, err := c.api(op, at.path()+"/contents", nil).writing(http.MethodPost, body)
	if err != nil {
		return "", err
	}
	var made struct {
		Commit *struct {
			SHA     string `json:"sha"`
			Parents []struct {
				SHA string `json:"sha"`
			} `json:"parents"`
		} `json:"commit"`
	}
	err = c.do(ctx, r, &made)
	var e *vcs.Error
	if errors.As(err, &e) && e.Status == http.StatusUnprocessableEntity && guarded(e.Message) {
		e.Kind = vcs.Conflict
	}
	switch {
	case err != nil:
		return "", err
	case made.Commit == nil || made.Commit.SHA == "":
		return "", &vcs.Error{
			Kind: vcs.Unavailable, Op: op,
			Message: "the answer does not name the new commit",
		}
	case len(made.Commit.Parents) != 1 || made.Commit.Parents[0].SHA != parent:
		return "", moved
	}
	return made.Commit.SHA, nil
}

// guarded reports whether a refusal means that a file has changed since the head.
func guarded(message string) bool {
	return strings.Contains(message, "sha does not match") || strings.Contains(message, "already exists")
}
