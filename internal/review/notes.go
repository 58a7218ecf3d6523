package review

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"

	"towpath"
	"towpath/internal/sqlreview"
	"towpath/internal/sqlreview/rules"
)

// titles are the titles of rules by their ids.
var titles = titlesOf(rules.All)

func titlesOf(all []sqlreview.Rule) map[string]string {
	titles := make(map[string]string, len(all))
	for _, r := range all {
		titles[r.ID] = r.Title
	}
	return titles
}

// unreviewed is a file of a set that no rule has seen.
func (s *set) unreviewed(f file, reason towpath.Reason) towpath.ReviewedFile {
	return towpath.ReviewedFile{
		Path:          f.Path,
		Label:         f.Label,
		Checksum:      f.Checksum,
		Commit:        f.commit,
		EnvironmentID: s.environment.ID,
		Environment:   s.environment.Name,
		Databases:     s.databases,
		Reason:        reason,
	}
}

// unreviewed are all files of sets, none of which was reviewed.
func unreviewed(sets []*set, reason towpath.Reason) (files []towpath.ReviewedFile) {
	for _, s := range sets {
		for _, f := range s.files {
			files = append(files, s.unreviewed(f, reason))
		}
	}
	return files
}

// add counts and keeps a finding.
func add(f *towpath.ReviewedFile, found sqlreview.Finding) {
	switch found.Level {
	case sqlreview.Error:
		f.Errors++
	case sqlreview.Warning:
		f.Warnings++
	}
	f.Findings = append(f.Findings, towpath.ReviewFinding{
		Rule:    found.Rule,
		Level:   string(found.Level),
		Title:   titles[found.Rule],
		Line:    found.Line,
		Column:  found.Column,
		Message: clip(found.Message),
		Fix:     clip(found.Fix),
	})
}

// statementAt is the hash of the statement at a line of a file; "" for one before the first.
func statementAt(parsed *sqlreview.File, line int) string {
	text := ""
	for _, s := range parsed.Statements {
		if s.Pos.Line > line {
			break
		}
		text = s.Statement.Text
	}
	if text == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:6])
}

func clip(text string) string { return towpath.ClipMore(text, towpath.MaxReviewText, 0) }

// bound keeps the graver findings of a review where there are too many, and counts the others.
func bound(files []towpath.ReviewedFile) {
	left := towpath.MaxReviewFindings
	kept := make([][]bool, len(files))
	for _, level := range []sqlreview.Level{sqlreview.Error, sqlreview.Warning, sqlreview.Info} {
		for i, f := range files {
			if kept[i] == nil {
				kept[i] = make([]bool, len(f.Findings))
			}
			for k, found := range f.Findings {
				if found.Level == string(level) && left > 0 {
					kept[i][k] = true
					left--
				}
			}
		}
	}
	for i := range files {
		f := &files[i]
		var findings []towpath.ReviewFinding
		for k, found := range f.Findings {
			if kept[i][k] {
				findings = append(findings, found)
			}
		}
		f.MoreNotKept = len(f.Findings) - len(findings)
		f.Findings = findings
		if more := len(f.NotAnalyzed) - towpath.MaxReviewNotes; more > 0 {
			f.NotAnalyzed, f.MoreGaps = f.NotAnalyzed[:towpath.MaxReviewNotes], more
		}
		if more := len(f.Allowed) - towpath.MaxReviewNotes; more > 0 {
			f.Allowed, f.MoreAllowed = f.Allowed[:towpath.MaxReviewNotes], more
		}
	}
}

// stored reads a text that the metadata keeps.
func (s *Service) stored(ctx context.Context, f file) (text string, reason towpath.Reason, err error) {
	content, err := s.Store.OpenContent(ctx, f.Checksum)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return "", towpath.Why(towpath.ReasonTextMissing), nil
	}
	if err != nil {
		return "", reason, err
	}
	read, err := io.ReadAll(io.LimitReader(content.Reader(), maxScript+1))
	return string(read), reason, err
}
