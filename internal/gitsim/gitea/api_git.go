package gitea

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"towpath/internal/gitsim"
)

const treesPerPage = 1000 // DEFAULT_GIT_TREES_PER_PAGE

// getTree lists a tree, or the tree of a commit. For a hash that is not there Gitea answers 400.
func (s *Sim) getTree(c call) {
	sha := c.r.PathValue("sha")
	if !s.has(c.repo, sha, "commit") && !s.has(c.repo, sha, "tree") {
		c.fail(http.StatusBadRequest, "sha not found ["+sha+"]")
		return
	}
	args := []string{"ls-tree", "-z", "--long"}
	if recursive, _ := strconv.ParseBool(c.r.URL.Query().Get("recursive")); recursive {
		args = append(args, "-r", "-t")
	}
	out, err := s.git(c.repo).Run(nil, append(args, sha)...)
	if err != nil {
		c.fail(http.StatusBadRequest, err.Error())
		return
	}
	all := []map[string]any{}
	for line := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		meta, path, ok := strings.Cut(line, "\t")
		if f := strings.Fields(meta); ok && len(f) == 4 {
			size, _ := strconv.ParseInt(f[3], 10, 64)
			all = append(all, map[string]any{
				"path": path, "mode": f[0], "type": f[1], "sha": f[2],
				"size": size, "url": "",
			})
		}
	}
	query := c.r.URL.Query()
	page, _ := strconv.Atoi(query.Get("page"))
	size, _ := strconv.Atoi(query.Get("per_page"))
	if size <= 0 || size > treesPerPage {
		size = treesPerPage
	}
	page = max(page, 1)
	from := min((page-1)*size, len(all))
	to := min(from+size, len(all))
	writeJSON(c.w, http.StatusOK, map[string]any{
		"sha": sha, "url": "", "tree": all[from:to], "truncated": to < len(all), "page": page,
		"total_count": len(all),
	})
}

func (s *Sim) getCommit(c call) {
	sha := c.r.PathValue("sha")
	if !s.has(c.repo, sha, "commit") {
		c.notFound("commit doesn't exist: " + sha)
		return
	}
	out, err := s.git(c.repo).Run(nil, "show", "-s",
		"--format=%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%P%x00%T%x00%B", sha)
	f := strings.SplitN(string(out), "\x00", 9)
	if err != nil || len(f) != 9 {
		c.fail(http.StatusInternalServerError, "")
		return
	}
	parents := []map[string]any{}
	for _, p := range strings.Fields(f[6]) {
		parents = append(parents, map[string]any{"sha": p})
	}
	writeJSON(c.w, http.StatusOK, map[string]any{
		"sha": sha, "html_url": s.opts.BaseURL + "/" + c.repo.FullName() + "/commit/" + sha, "created": f[5],
		"commit": map[string]any{
			"message": strings.TrimSuffix(f[8], "\n") + "\n", "tree": map[string]any{"sha": f[7]},
			"author":    map[string]any{"name": f[0], "email": f[1], "date": f[2]},
			"committer": map[string]any{"name": f[3], "email": f[4], "date": f[5]},
		},
		"author": nil, "committer": nil, "parents": parents, "files": nil, "stats": nil,
	})
}

// getRaw answers a file's bytes. Gitea puts some effort into the content type; the bytes are the
// same.
func (s *Sim) getRaw(c call) {
	ref := c.r.URL.Query().Get("ref")
	if ref == "" {
		ref = c.repo.DefaultBranch
	}
	if !s.has(c.repo, ref, "commit") {
		c.notFound("object does not exist [id: " + ref + "]")
		return
	}
	name := ref + ":" + c.r.PathValue("path")
	if kind, err := s.git(c.repo).Run(nil, "cat-file", "-t", name); err != nil ||
		strings.TrimSpace(string(kind)) != "blob" {
		c.notFound("")
		return
	}
	out, err := s.git(c.repo).Run(nil, "cat-file", "blob", name)
	if err != nil {
		c.fail(http.StatusInternalServerError, "")
		return
	}
	c.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	c.w.Header().Set("Content-Length", strconv.Itoa(len(out)))
	_, _ = c.w.Write(out)
}

// fileChange is one file of the body of /contents.
type fileChange struct {
	Operation string `json:"operation"`
	Path      string `json:"path"`
	Content   string `json:"content"`
	SHA       string `json:"sha"`
}

// check decodes a file's bytes, or returns the status and the message with which Gitea refuses it.
func (f fileChange) check(g *gitsim.Repo, parent string) (data []byte, status int, message string) {
	data, err := base64.StdEncoding.DecodeString(f.Content)
	out, _ := g.Run(nil, "rev-parse", "--verify", "--quiet", parent+":"+f.Path)
	now := strings.TrimSpace(string(out))
	switch {
	case err != nil, len(f.Path) > 500:
		return nil, http.StatusUnprocessableEntity, "invalid content or path"
	case f.Operation == "create" && now != "":
		return nil, http.StatusUnprocessableEntity, "repository file already exists [path: " + f.Path + "]"
	case (f.Operation == "update" || f.Operation == "delete") && (f.SHA == "" || f.SHA != now):
		return nil, http.StatusUnprocessableEntity,
			fmt.Sprintf("sha does not match [given: %s, expected: %s]", f.SHA, now)
	case !slices.Contains([]string{"create", "update", "upload", "delete"}, f.Operation):
		return nil, http.StatusUnprocessableEntity, "invalid operation"
	}
	return data, 0, ""
}

// postContents makes one commit of several files on top of a branch, whatever its head is by now.
func (s *Sim) postContents(c call) {
	var body struct {
		Branch  string       `json:"branch"`
		New     string       `json:"new_branch"`
		Message string       `json:"message"`
		Files   []fileChange `json:"files"`
	}
	if !c.decode(&body) {
		return
	}
	hash := ""
	parent := ""
	status, message := 0, ""
	err := s.push(c.repo, c.user.Login, func() error {
		g := s.git(c.repo)
		head, err := g.Branch(body.Branch)
		if errors.Is(err, gitsim.ErrNoObject) {
			status, message = http.StatusNotFound, "branch does not exist [name: "+body.Branch+"]"
			return nil
		}
		if err != nil {
			return err
		}
		parent = head
		branch := body.Branch
		if body.New != "" && body.New != branch {
			if _, err := g.Branch(body.New); err == nil {
				status, message = http.StatusUnprocessableEntity, "branch already exists [name: "+body.New+"]"
				return nil
			}
			branch = body.New
		}
		change := gitsim.NewCommit{
			Branch:  branch,
			Parent:  parent,
			Message: body.Message,
			Author:  c.user.FullName + " <" + c.user.Email + ">",
		}
		for _, f := range body.Files {
			data, refused, why := f.check(g, parent)
			if refused != 0 {
				status, message = refused, why
				return nil
			}
			change.Files = append(change.Files, gitsim.FileChange{
				Path: f.Path, Data: data, Delete: f.Operation == "delete",
			})
		}
		hash, err = g.Write(change, s.opts.Now())
		return err
	})
	switch {
	case err != nil:
		c.fail(http.StatusInternalServerError, "")
	case status == http.StatusNotFound:
		c.notFound(message)
	case status != 0:
		c.fail(status, message)
	default:
		writeJSON(c.w, http.StatusCreated, map[string]any{
			"files": []any{}, "commit": map[string]any{
				"sha": hash, "message": body.Message,
				"parents": []any{map[string]any{"sha": parent}},
			},
		})
	}
}
