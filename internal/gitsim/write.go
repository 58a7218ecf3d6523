package gitsim

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"
)

// FileChange is one path of a commit to be made.
type FileChange struct {
	Path   string
	Data   []byte
	Mode   string // "100644" when empty
	Delete bool
}

// NewCommit is a commit to be made on top of a branch.
type NewCommit struct {
	Branch string
	// Start is the branch from which a new branch starts. Empty, or not there: the commit is a root.
	Start   string
	Parent  string // optional: the hash that the branch must have, or from which a new branch starts
	Message string
	Author  string // "Name <mail>"
	Files   []FileChange
}

// Errors of [Repo.Write].
var (
	ErrStaleParent = errors.New("the parent is not the head of the branch")
	ErrNoFile      = errors.New("a file to be deleted does not exist")
)

// Write makes a commit with one `git fast-import` and returns its hash. Call it within [Repo.Push].
func (g *Repo) Write(spec NewCommit, now time.Time) (string, error) {
	refs, err := g.Refs()
	if err != nil {
		return "", err
	}
	parent := refs["refs/heads/"+spec.Branch]
	switch {
	case spec.Parent != "" && parent != "" && parent != spec.Parent:
		return "", ErrStaleParent
	case parent == "" && spec.Parent != "":
		parent = spec.Parent
	case parent == "":
		parent = refs["refs/heads/"+spec.Start]
	}
	var in bytes.Buffer
	fmt.Fprintf(&in, "commit refs/heads/%s\nmark :1\nauthor %s %d +0000\ncommitter %s %d +0000\n",
		spec.Branch, spec.Author, now.Unix(), spec.Author, now.Unix())
	writeData(&in, []byte(spec.Message))
	if parent != "" {
		fmt.Fprintf(&in, "from %s\n", parent)
	}
	for _, f := range spec.Files {
		if f.Delete {
			if err := g.hasFile(parent, f.Path); err != nil {
				return "", err
			}
			fmt.Fprintf(&in, "D %s\n", quoteImport(f.Path))
			continue
		}
		if f.Mode == "" {
			f.Mode = "100644"
		}
		fmt.Fprintf(&in, "M %s inline %s\n", f.Mode, quoteImport(f.Path))
		writeData(&in, f.Data)
	}
	in.WriteString("\nget-mark :1\ndone\n")
	out, err := g.Run(&in, "fast-import", "--quiet", "--done", "--date-format=raw")
	if err != nil {
		return "", err
	}
	return strings.TrimSpace(string(out)), nil
}

func (g *Repo) hasFile(parent, path string) error {
	c, err := g.Commit(parent)
	if parent == "" || err != nil {
		return ErrNoFile
	}
	if _, err := g.Lookup(c.Tree, path); err != nil {
		return ErrNoFile
	}
	return nil
}

func writeData(in *bytes.Buffer, data []byte) {
	fmt.Fprintf(in, "data %d\n", len(data))
	in.Write(data)
	in.WriteByte('\n')
}

func quoteImport(path string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(path) + `"`
}
