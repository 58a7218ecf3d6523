package bitbucket

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"
)

// fileChange is one path of a commit to be made.
type fileChange struct {
	Path   string
	Data   []byte
	Mode   string // "100644" when empty
	Delete bool
}

// commitSpec is a commit to be made on top of a branch. With Parent the branch must be there, or
// must not exist yet.
type commitSpec struct {
	Branch, Parent, Message, Author string
	Files                           []fileChange
}

var (
	errStaleParent = errors.New("the parent is not the head of the branch")
	errNoFile      = errors.New("a file to be deleted does not exist")
)

// write makes the commit with one `git fast-import` and returns its hash. g.push is held.
func (g *gitRepo) write(spec commitSpec, mainBranch string, now time.Time) (string, error) {
	orElse(&spec.Branch, mainBranch)
	refs, err := g.refs()
	if err != nil {
		return "", err
	}
	parent := refs["refs/heads/"+spec.Branch]
	switch {
	case spec.Parent != "" && parent != "" && parent != spec.Parent:
		return "", errStaleParent
	case parent == "" && spec.Parent != "":
		parent = spec.Parent
	case parent == "":
		parent = refs["refs/heads/"+mainBranch]
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
		orElse(&f.Mode, "100644")
		fmt.Fprintf(&in, "M %s inline %s\n", f.Mode, quoteImport(f.Path))
		writeData(&in, f.Data)
	}
	in.WriteString("\nget-mark :1\ndone\n")
	out, err := g.run(&in, "fast-import", "--quiet", "--done", "--date-format=raw")
	if err != nil {
		return "", err
	}
	return strings.TrimSpace(string(out)), nil
}

func (g *gitRepo) hasFile(parent, path string) error {
	c, err := g.commit(parent)
	if parent == "" || err != nil {
		return errNoFile
	}
	if _, err := g.lookup(c.Tree, path); err != nil {
		return errNoFile
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
