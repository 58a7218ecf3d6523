package link

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"path"
	"slices"

	"towpath"
	"towpath/internal/history"
	"towpath/internal/manifest"
)

// atlasChain has the checksums that Atlas keeps: each covers its file and all files before it in the
// folder. A nil one has none.
type atlasChain struct {
	files  []towpath.ManifestFile // in the order of their paths
	bodies map[string][]byte      // that were read already, by path; nil once the sums are known
	sums   map[string]history.Sum // by path
}

func newAtlasChain(files []towpath.ManifestFile) *atlasChain {
	c := &atlasChain{bodies: map[string][]byte{}, sums: map[string]history.Sum{}}
	for _, f := range files {
		if f.State == towpath.FileMatched {
			c.files = append(c.files, f)
		}
	}
	slices.SortFunc(c.files, func(a, b towpath.ManifestFile) int { return cmp.Compare(a.Path, b.Path) })
	return c
}

// keep saves a text from being read again. nil is one that is too large to keep.
func (c *atlasChain) keep(file string, body []byte) {
	if c != nil && c.bodies != nil && body != nil {
		c.bodies[file] = body
	}
}

func (c *atlasChain) sumOf(file string) (sum history.Sum, ok bool) {
	if c != nil {
		sum, ok = c.sums[file]
	}
	return sum, ok
}

// read computes all checksums, the first time that it is called. Behind a file that cannot be read
// there are none in its folder.
func (c *atlasChain) read(
	ctx context.Context, files *manifest.Service, source manifest.Source, commit string,
) error {
	if c == nil || c.bodies == nil {
		return nil
	}
	chains, broken := map[string]*history.Chain{}, map[string]bool{}
	for _, f := range c.files {
		folder, name := path.Split(f.Path)
		if chains[folder] == nil {
			chains[folder] = history.NewChain()
		}
		add := func(_ context.Context, text io.Reader) (string, int64, error) {
			sum, err := chains[folder].Add(name, text)
			if err == nil {
				c.sums[f.Path] = sum
			}
			return "", 0, err
		}
		var err error
		switch body, known := c.bodies[f.Path]; {
		case broken[folder]:
		case known:
			_, _, err = add(ctx, bytes.NewReader(body))
		case f.Reason.IsZero():
			_, err = files.ReadFile(ctx, source, commit, f, add)
		}
		if err != nil {
			return err
		}
		_, read := c.sums[f.Path]
		broken[folder] = !read
	}
	c.bodies = nil
	return nil
}
