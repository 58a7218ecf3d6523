package review

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"towpath"
	"towpath/internal/manifest"
	"towpath/internal/schema"
	"towpath/internal/sqlparse"
	"towpath/internal/sqlreview"
	"towpath/internal/sqlreview/rules"
	"towpath/internal/statement"
)

// maxScript bounds a file that the rules look into, in bytes: its trees are in memory at once.
const maxScript = 4 << 20

// one is the review of one set, file by file.
type one struct {
	*set
	reviewer *sqlreview.Reviewer
	files    []towpath.ReviewedFile
}

// run has the rules judge the files of sets. Each text is parsed once for each dialect, and one is
// in memory at a time.
func (s *Service) run(ctx context.Context, sub subject, sets []*set) ([]towpath.ReviewedFile, error) {
	policies, broken := policiesOf(sub, sets)
	all := make([]*one, len(sets))
	for i, set := range sets {
		all[i] = &one{set: set}
		if set.against != "" {
			all[i].reviewer = sqlreview.Begin(sqlreview.Input{
				Server: set.server, Catalog: set.catalog, Policy: policies[set.environment.ID],
				Rules: rules.All,
			})
		}
	}
	for _, f := range union(sets) {
		if err := s.file(ctx, sub, f, all); err != nil {
			return nil, err
		}
	}
	files := broken
	for _, o := range all {
		files = append(files, o.files...)
	}
	bound(files)
	return files, nil
}

// union lists the texts of all sets, each once, in the order in which they run.
func union(sets []*set) (all []file) {
	type text struct{ path, checksum string }
	seen := map[text]bool{}
	for _, set := range sets {
		for _, f := range set.files {
			if key := (text{f.Path, f.Checksum}); !seen[key] {
				seen[key] = true
				all = append(all, f)
			}
		}
	}
	inOrder(all)
	return all
}

// file reviews one text in each set that has it.
func (s *Service) file(ctx context.Context, sub subject, f file, all []*one) error {
	type variant struct {
		dialect towpath.EngineType
		filling string // its digest
	}
	parsed := map[variant]*sqlreview.File{}
	var text string
	var reason towpath.Reason
	read := false
	for _, o := range all {
		at := slices.IndexFunc(o.set.files, func(g file) bool {
			return g.Path == f.Path && g.Checksum == f.Checksum
		})
		if at < 0 {
			continue
		}
		own := o.set.files[at]
		if o.reviewer == nil {
			o.files = append(o.files, o.unreviewed(own, o.reason))
			continue
		}
		if own.edited { // it does not run
			o.files = append(o.files, o.review(own, &sqlreview.File{Path: own.Path}, nil))
			continue
		}
		if !read {
			var err error
			if text, reason, err = sub.texts(ctx, f); err != nil {
				return err
			}
			read = true
		}
		if !reason.IsZero() {
			o.reviewer.Unread()
			o.files = append(o.files, o.unreviewed(own, reason))
			continue
		}
		filling := towpath.FillingOf(sub.placeholders, o.environment)
		filled, gap := fill(text, filling)
		if gap.Why != "" {
			o.files = append(o.files, o.unread(own, gap))
			continue
		}
		key := variant{o.server.Dialect, filling.Digest()}
		tree, known := parsed[key]
		if !known {
			var err error
			if tree, err = s.parse(ctx, o.server.Dialect, sqlparse.Script{
				Path: f.Path, Content: filled, Back: f.back, Beside: f.beside,
			}); err != nil {
				return err
			}
			parsed[key] = tree
			if sub.objects != nil {
				sub.objects[f.Path] = merged(sub.objects[f.Path], objectsOf(tree))
			}
		}
		o.files = append(o.files, o.review(own, tree, sub.rehearsed[o.at(own)]))
	}
	return nil
}

// fill returns the text that runs in an environment, or why it cannot be read.
func fill(text string, filling towpath.Filling) (filled string, gap towpath.ReviewGap) {
	size := len(text)
	if size <= maxScript && !filling.IsZero() {
		all, err := io.ReadAll(io.LimitReader(manifest.Filled(strings.NewReader(text), filling), maxScript+1))
		if refused := statement.AsError(err); refused != nil {
			return "", towpath.ReviewGap{Line: refused.Pos.Line, Why: clip(refused.Message)}
		}
		text, size = string(all), len(all)
	}
	if size > maxScript {
		return "", towpath.ReviewGap{
			Line: 1, Why: fmt.Sprintf("the file has %d MiB, and the review reads files up to %d MiB",
				(size+1<<20-1)>>20, maxScript>>20),
		}
	}
	return text, gap
}

// merged lists what either of two lists has, each once.
func merged(a, b []string) []string {
	if len(a) == 0 {
		return b
	}
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

// at is the place of a file of the set.
func (s *set) at(f file) place { return place{environmentID: s.environment.ID, path: f.Path} }

// parse reads a text.
func (s *Service) parse(
	ctx context.Context, dialect towpath.EngineType, script sqlparse.Script,
) (*sqlreview.File, error) {
	files, err := sqlparse.Read(ctx, s.Parser, dialect, []sqlparse.Script{script})
	if err != nil {
		return nil, &parserError{err}
	}
	return files[0], nil
}

// unread is a file of the set whose text the rules cannot see.
func (o *one) unread(f file, gap towpath.ReviewGap) towpath.ReviewedFile {
	o.reviewer.Unread()
	made := o.unreviewed(f, o.reason)
	made.Against = o.against
	made.NotAnalyzed = []towpath.ReviewGap{gap}
	return made
}

// review judges one text for one set. rehearsed is where a rehearsal of it has stopped; nil for none.
func (o *one) review(
	f file, parsed *sqlreview.File, rehearsed *sqlreview.Rehearsed,
) towpath.ReviewedFile {
	made := o.unreviewed(f, o.reason)
	made.Against = o.against
	copied := copyOf(parsed)
	copied.Late, copied.Edited, copied.NoUndo = f.late, f.edited, f.noUndo
	copied.Rehearsed = rehearsed
	made.Tables, made.MoreTables = sizes(o.reviewer.Touched(copied))
	result := o.reviewer.File(copied)
	copied.Statements = nil // the catalog keeps the file
	made.Statements = result.Statements
	for _, found := range result.Findings {
		if f.edited && found.Rule != editedRule {
			continue
		}
		add(&made, found)
		made.Findings[len(made.Findings)-1].Statement = statementAt(parsed, found.Line)
	}
	for _, gap := range result.NotAnalyzed {
		made.NotAnalyzed = append(made.NotAnalyzed, towpath.ReviewGap{Line: gap.Line, Why: clip(gap.Why)})
	}
	for _, a := range result.AllowedBy {
		made.Allowed = append(made.Allowed,
			towpath.ReviewedAllow{Rule: a.Rule, Line: a.Line, Because: clip(a.Because)})
	}
	return made
}

// sizes keeps the largest tables, by the space that they take.
func sizes(tables []schema.Table) (kept []towpath.ReviewedTable, more int) {
	for _, t := range tables {
		name := t.Name
		if t.Schema != "" {
			name = t.Schema + "." + name
		}
		kept = append(kept, towpath.ReviewedTable{Name: name, Rows: t.Rows, Bytes: t.Bytes})
	}
	slices.SortStableFunc(kept, func(a, b towpath.ReviewedTable) int {
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(b.Rows, a.Rows))
	})
	more = max(0, len(kept)-towpath.MaxReviewTables)
	return kept[:len(kept)-more], more
}

// editedRule is the only rule about a text that does not run.
const editedRule = "CO07"

// copyOf returns a file that can be reviewed once more.
func copyOf(f *sqlreview.File) *sqlreview.File {
	c := *f
	c.Statements = slices.Clone(f.Statements)
	for i := range c.Statements {
		c.Statements[i].Allows = slices.Clone(f.Statements[i].Allows)
	}
	c.Reads = slices.Clone(f.Reads)
	return &c
}
