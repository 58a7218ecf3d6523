package bitbucket

import (
	"bytes"
	"errors"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"

	"towpath/internal/gitsim"
)

// status555 is what Bitbucket answers when reading took too long.
const status555 = 555

func (s api) redirectSource(c *call) error {
	hash, err := c.git.Branch(c.repo.MainBranch)
	if err != nil {
		return notFound("Resource not found")
	}
	http.Redirect(c.w, c.r, s.repoAPI(c.repo)+"/src/"+hash+"/?"+c.r.URL.RawQuery, http.StatusFound)
	return nil
}

// getSource answers a file's bytes, a directory's entries, or with format=meta the entry itself.
func (s api) getSource(c *call) error {
	found, err := s.resolveCommit(c, c.vars["commit"])
	if err != nil {
		return err
	}
	entry, err := c.git.Lookup(found.Tree, c.vars["path"])
	if errors.Is(err, gitsim.ErrNoObject) {
		return notFound("No such file or directory: " + c.vars["path"])
	}
	if err != nil {
		return err
	}
	switch {
	case c.query.Get("format") == "meta":
		o, err := s.entryObj(c, found, entry)
		if err == nil {
			writeJSON(c.w, http.StatusOK, o)
		}
		return err
	case entry.IsDir():
		return s.listDirectory(c, found, entry)
	case entry.Mode == "160000":
		return notFound("No such file or directory: " + c.vars["path"])
	}
	return s.answerFile(c, entry)
}

func (s api) answerFile(c *call, entry gitsim.TreeEntry) error {
	data, err := c.git.Blob(entry.Hash)
	if err != nil {
		return err
	}
	h := c.w.Header()
	h.Set("Content-Type", mimeOf(entry.Path))
	h.Set("Content-Disposition",
		mime.FormatMediaType("attachment", map[string]string{"filename": path.Base(entry.Path)}))
	h.Set("ETag", `"`+entry.Hash+`"`)
	h.Set("X-Content-Type-Options", "nosniff")
	if c.r.Header.Get("If-None-Match") == h.Get("ETag") {
		c.w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Length", strconv.Itoa(len(data)))
	c.w.WriteHeader(http.StatusOK)
	if c.r.Method != http.MethodHead {
		_, _ = c.w.Write(data)
	}
	return nil
}

func (s api) listDirectory(c *call, at *gitsim.Commit, dir gitsim.TreeEntry) error {
	depth := 1
	if text := c.query.Get("max_depth"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return badRequest("Invalid max_depth", nil)
		}
		depth = n
	}
	items, err := c.git.Walk(dir, depth, s.currentLimits().TreeEntries)
	if errors.Is(err, gitsim.ErrTooManyEntries) {
		return apiError{status: status555, message: "The request timed out. Reduce max_depth."}
	}
	if err != nil {
		return err
	}
	return listing[gitsim.TreeEntry]{
		items: items, iterator: true,
		field: func(e gitsim.TreeEntry, name string) string {
			switch name {
			case "type":
				return entryKind(e)
			case "path":
				return e.Path
			case "size":
				// Numbers are compared as text of one width.
				size, _ := c.git.Size(e.Hash)
				return strings.Repeat("0", max(0, 20-len(strconv.FormatInt(size, 10)))) + strconv.FormatInt(
					size, 10)
			}
			return ""
		},
		render: func(e gitsim.TreeEntry) (any, error) { return s.entryObj(c, at, e) },
	}.answer(s, c)
}

func entryKind(e gitsim.TreeEntry) string {
	if e.IsDir() {
		return "commit_directory"
	}
	return "commit_file"
}

// entryObj is an entry of a listing. Its commit is the one that was asked for, not the last that
// changed the file.
func (s api) entryObj(c *call, at *gitsim.Commit, e gitsim.TreeEntry) (obj, error) {
	self := s.repoAPI(c.repo) + "/src/" + at.Hash + "/" + escapePath(e.Path)
	o := obj{"type": entryKind(e), "path": e.Path, "commit": s.commitRef(c.repo, at.Hash)}
	if e.IsDir() {
		o["links"] = obj{"self": link(self + "/"), "meta": link(self + "/?format=meta")}
		return o, nil
	}
	attributes, size := []string{}, int64(0)
	switch e.Mode {
	case "120000":
		attributes = append(attributes, "link")
	case "100755":
		attributes = append(attributes, "executable")
	case "160000":
		attributes = append(attributes, "subrepository")
	}
	if e.Mode != "160000" {
		var err error
		if size, err = c.git.Size(e.Hash); err != nil {
			return nil, err
		}
	}
	if size > 0 && size < 1<<20 && c.query.Get("format") == "meta" {
		if data, err := c.git.Blob(e.Hash); err == nil &&
			bytes.IndexByte(data[:min(len(data), 8000)], 0) >= 0 {
			attributes = append(attributes, "binary")
		}
	}
	o["attributes"], o["size"], o["mimetype"], o["escaped_path"] = attributes, size, nil, quotePath(e.Path)
	if kind := mime.TypeByExtension(path.Ext(e.Path)); kind != "" {
		o["mimetype"] = bareMime(kind)
	}
	o["links"] = obj{
		"self": link(self), "meta": link(self + "?format=meta"),
		"history": link(s.repoAPI(c.repo) + "/filehistory/" + at.Hash + "/" + escapePath(e.Path)),
	}
	return o, nil
}

// mimeOf goes by the extension; Bitbucket sends no charset.
func mimeOf(name string) string {
	if kind := mime.TypeByExtension(path.Ext(name)); kind != "" {
		return bareMime(kind)
	}
	if path.Ext(name) == ".sql" {
		return "application/sql"
	}
	return "text/plain"
}

func bareMime(kind string) string {
	kind, _, _ = strings.Cut(kind, ";")
	return kind
}

// quotePath writes a path as a diff shows it: bytes outside of ASCII as octal escapes, in quotes.
func quotePath(p string) string {
	var b strings.Builder
	quoted := false
	for i := range len(p) {
		switch ch := p[i]; {
		case ch == '"' || ch == '\\':
			b.WriteString(`\` + string(ch))
			quoted = true
		case ch < 0x20 || ch >= 0x7f:
			b.WriteString(`\` + string([]byte{'0' + ch>>6, '0' + ch>>3&7, '0' + ch&7}))
			quoted = true
		default:
			b.WriteByte(ch)
		}
	}
	if quoted {
		return `"` + b.String() + `"`
	}
	return p
}
