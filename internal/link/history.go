package link

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"towpath"
	"towpath/internal/account"
	"towpath/internal/history"
	"towpath/internal/plan"
	"towpath/internal/schema"
)

// maxCompared is how many files are compared with histories. Each is read whole.
const maxCompared = 5000

// DatabaseHistory is what another tool's history says of the files in a database.
type DatabaseHistory struct {
	Database    towpath.Database
	Environment string
	History     history.History // that names most of the files; without Tools when there is none
	Others      []history.History
	Adoption    plan.Adoption  // of the files that are not in the database's ledger
	Problem     towpath.Reason // why nothing can be said of it; zero when something can
	LeftOut     towpath.Reason // why an acceptance has recorded nothing here; else zero
}

// Adoptable reports whether files can be recorded in the database. A tool whose migrations are code has
// none of the files, whatever their names and versions are.
func (d DatabaseHistory) Adoptable() bool {
	return len(d.History.Tools) > 0 && !d.History.Heads && d.Problem.IsZero()
}

// Histories is what other tools' histories say of the files of a link.
type Histories struct {
	Commit    string // whose files are compared
	Databases []DatabaseHistory
	// Fingerprint changes when any of the histories changes, or the files that stand without one.
	Fingerprint string
}

// compareHistories compares each database's history with the files that are not in its ledger.
func (s *Service) compareHistories(ctx context.Context, d draft, in plan.Input) (h Histories, err error) {
	h = Histories{Commit: d.head, Databases: make([]DatabaseHistory, len(in.Databases))}
	if s.Histories == nil {
		h.Databases = nil
		return h, nil
	}
	read := make([]foreignRecord, len(in.Databases))
	var group errgroup.Group
	group.SetLimit(maxReaders)
	for i, database := range in.Databases {
		h.Databases[i] = DatabaseHistory{Database: database, Problem: database.Ledger.Error}
		for _, e := range in.Environments {
			if e.ID == database.EnvironmentID {
				h.Databases[i].Environment = e.Name
			}
		}
		if h.Databases[i].Problem.IsZero() {
			group.Go(func() error {
				read[i] = s.readForeign(ctx, database.ID)
				return nil
			})
		}
	}
	_ = group.Wait() // failures are stored as the databases' Problems
	texts := newHistoryTexts(s, d, in, read)
	for i := range read {
		if err := texts.compare(ctx, &h.Databases[i], read[i]); err != nil {
			return h, err
		}
	}
	h.Fingerprint = fingerprintOf(h.Databases)
	return h, nil
}

// foreignRecord is what was read from one database.
type foreignRecord struct {
	list    []history.History
	objects map[string]bool
	problem towpath.Reason
}

// readForeign reads the histories of a database and, when there is one, its named objects. A
// database whose objects cannot be read is compared without them.
func (s *Service) readForeign(ctx context.Context, databaseID string) (r foreignRecord) {
	tables, err := s.Histories(ctx, databaseID)
	if err != nil {
		r.problem = towpath.Why(towpath.ReasonHistoryUnread).From(towpath.ReasonOf(err))
		return r
	}
	r.list = history.Read(tables)
	if len(r.list) == 0 || s.Objects == nil {
		return r
	}
	if r.objects, err = s.Objects(ctx, databaseID); err != nil {
		r.problem = towpath.Why(towpath.ReasonTablesUnread).From(towpath.ReasonOf(err))
	}
	return r
}

// fingerprintOf sums up the fingerprints of all histories, and the files that the catalogs alone
// speak for.
func fingerprintOf(list []DatabaseHistory) string {
	sum := sha256.New()
	for _, d := range list {
		all := append([]history.History{d.History}, d.Others...)
		slices.SortFunc(all, func(a, b history.History) int { return cmp.Compare(a.Fingerprint, b.Fingerprint) })
		for _, one := range all {
			_, _ = io.WriteString(sum, d.Database.ID+" "+one.Fingerprint+"\n")
		}
		for _, f := range d.Adoption.Files {
			if f.Verdict.Standing() {
				_, _ = io.WriteString(sum, string(f.Verdict)+" "+f.Checksum+" "+f.Path+"\n")
			}
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// historyText is what a file's text says, in one dialect.
type historyText struct {
	checksum string
	sums     []history.Sum
	parts    int
	shown    schema.Footprint
}

// historyTexts reads each text of a draft once for each kind of database.
type historyTexts struct {
	service *Service
	draft   draft
	files   map[string][]towpath.Migration // by database id
	engines map[string]towpath.EngineType
	filling map[string]towpath.Filling
	sizes   map[string]int64
	known   map[evidenceKey]historyText
	chain   *atlasChain // nil when no history has such checksums
}

func newHistoryTexts(s *Service, d draft, in plan.Input, read []foreignRecord) *historyTexts {
	t := &historyTexts{
		service: s, draft: d, files: plan.FilesOf(in), engines: in.Engines, filling: in.Fillings,
		sizes: map[string]int64{}, known: map[evidenceKey]historyText{},
	}
	for _, f := range in.Files {
		t.sizes[f.Path] = f.Size
	}
	for _, r := range read {
		for _, h := range r.list {
			if slices.ContainsFunc(h.Entries, func(e history.Entry) bool { return e.Sum.Kind == history.AtlasChain }) {
				t.chain = newAtlasChain(in.Files)
			}
		}
	}
	return t
}

// compare finds the history of a database that names most of its files.
func (t *historyTexts) compare(ctx context.Context, d *DatabaseHistory, r foreignRecord) error {
	d.Problem = cmpReason(d.Problem, r.problem)
	if len(r.list) == 0 || !d.Problem.IsZero() {
		return nil
	}
	missing := missingFrom(d.Database.Ledger, t.files[d.Database.ID])
	files, err := t.read(ctx, d.Database.ID, missing[:min(len(missing), maxCompared)])
	if err != nil {
		return err
	}
	best, most := 0, -1
	adoptions := make([]plan.Adoption, len(r.list))
	for i, h := range r.list {
		adoptions[i] = plan.CompareHistory(files, h, r.objects)
		if n := named(adoptions[i]); n > most && !h.Heads {
			best, most = i, n
		}
	}
	d.History, d.Adoption = r.list[best], adoptions[best]
	d.Others = slices.Delete(slices.Clone(r.list), best, best+1)
	tool, table := d.History.Tools[0], d.History.Table
	switch {
	case d.History.Cut:
		d.Problem = towpath.Why(towpath.ReasonHistoryCut, "tool", tool, "table", table)
	case d.History.Hidden:
		d.Problem = towpath.Why(towpath.ReasonHistoryHidden, "tool", tool, "table", table)
	}
	return nil
}

func cmpReason(a, b towpath.Reason) towpath.Reason {
	if a.IsZero() {
		return b
	}
	return a
}

// named counts the files that a history names.
func named(a plan.Adoption) (n int) {
	for _, f := range a.Files {
		if f.Verdict.Named() {
			n++
		}
	}
	return n
}

// read returns the files with what their texts say.
func (t *historyTexts) read(
	ctx context.Context, databaseID string, files []towpath.Migration,
) ([]plan.HistoryFile, error) {
	kind, filling := t.engines[databaseID], t.filling[databaseID]
	texts := make([]historyText, len(files))
	bodies := make([][]byte, len(files))
	source := t.draft.client.Source(t.draft.link.RepositoryID)
	var group errgroup.Group
	group.SetLimit(8)
	for i, m := range files {
		known, ok := t.known[evidenceKey{m.Path, kind, filling.Digest()}]
		if texts[i] = known; ok || m.Type == towpath.TypeBaseline {
			continue
		}
		group.Go(func() error {
			_, err := t.service.Manifest.ReadFile(ctx, source, t.draft.head, towpath.ManifestFile{Migration: m},
				func(_ context.Context, text io.Reader) (string, int64, error) {
					var err error
					texts[i], bodies[i], err = t.readText(kind, filling, t.sizes[m.Path], text)
					return texts[i].checksum, t.sizes[m.Path], err
				})
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, account.Explain(err, "read file")
	}
	for i, body := range bodies {
		t.chain.keep(files[i].Path, body)
	}
	if err := t.chain.read(ctx, t.service.Manifest, source, t.draft.head); err != nil {
		return nil, account.Explain(err, "read file")
	}
	list := make([]plan.HistoryFile, len(files))
	for i, m := range files {
		t.known[evidenceKey{m.Path, kind, filling.Digest()}] = texts[i]
		m.Checksum = texts[i].checksum
		list[i] = plan.HistoryFile{
			FileMarks: plan.FileMarks{Migration: m, Marks: texts[i].shown.Marks},
			Columns:   texts[i].shown.Columns,
			Whole:     texts[i].shown.Whole,
			Sums:      texts[i].sums,
			Parts:     texts[i].parts,
		}
		if sum, ok := t.chain.sumOf(m.Path); ok {
			list[i].Sums = append(slices.Clone(list[i].Sums), sum)
		}
	}
	return list, nil
}

// readText reads one text. Of a large one only the checksum is computed: it usually contains data.
func (t *historyTexts) readText(
	kind towpath.EngineType, filling towpath.Filling, size int64, text io.Reader,
) (h historyText, body []byte, err error) {
	sum := sha256.New()
	if size > maxEvidenceSize {
		if _, err = io.Copy(sum, text); err != nil {
			return h, nil, err
		}
		h.checksum = hex.EncodeToString(sum.Sum(nil))
		h.sums = []history.Sum{{Kind: history.SHA256, Text: h.checksum}}
		return h, nil, nil
	}
	if body, err = io.ReadAll(text); err != nil {
		return h, nil, err
	}
	for _, kind := range []history.SumKind{
		history.SHA256, history.FlywayCRC32, history.SHA1, history.SHA384,
	} {
		h.sums = append(h.sums, history.SumOf(kind, body))
	}
	h.checksum = h.sums[0].Text
	h.parts = changesets(body)
	if t.service.Footprint != nil {
		h.shown, err = t.service.filledFootprint(kind, bytes.NewReader(body), filling)
	}
	return h, body, err
}

// changesets counts the changesets of a text in Liquibase's format.
func changesets(text []byte) (n int) {
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, maxEvidenceSize+1)
	for lines.Scan() {
		line, comment := strings.CutPrefix(strings.TrimSpace(lines.Text()), "--")
		if comment && strings.HasPrefix(strings.ToLower(strings.TrimSpace(line)), "changeset ") {
			n++
		}
	}
	return n
}
