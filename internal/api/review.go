package api

import (
	"context"
	"time"

	"towpath"
	"towpath/internal/store"
)

// review is what the SQL review says of the files of a rollout, or of a preview.
type review struct {
	State      towpath.ReviewState `json:"state" enum:"pending,done,failed" doc:"Pending until the newest files and levels are reviewed; files are of the review before then."`
	Reason     *Reason             `json:"reason,omitempty" doc:"Why some files were not reviewed. It is tried again."`
	ReviewedAt *time.Time          `json:"reviewedAt,omitempty"`
	Errors     int                 `json:"errors" doc:"How many findings there are at this level."`
	Warnings   int                 `json:"warnings"`
	Files      []reviewedFile      `json:"files" nullable:"false"`
}

// reviewedFile is what the review says of a text for databases of one environment that hold the
// same.
type reviewedFile struct {
	Path          string          `json:"path"`
	Version       string          `json:"version"`
	Checksum      string          `json:"checksum"`
	EnvironmentID string          `json:"environmentId"`
	Environment   string          `json:"environment"`
	Against       string          `json:"against" example:"postgres 15.20" doc:"The kind of server and its version; empty when the file was not reviewed."`
	Databases     int             `json:"databases" doc:"How many databases this is about."`
	Statements    int             `json:"statements"`
	Errors        int             `json:"errors"`
	Warnings      int             `json:"warnings"`
	Reason        *Reason         `json:"reason,omitempty" doc:"Why it was not reviewed, or what the review did not know."`
	Findings      []reviewFinding `json:"findings" nullable:"false"`
	MoreFindings  int             `json:"moreFindings" doc:"How many findings were left out."`
	NotAnalyzed   []reviewGap     `json:"notAnalysed" nullable:"false" doc:"Statements that no rule has seen."`
	Allowed       []reviewedAllow `json:"allowed" nullable:"false" doc:"Findings that comments in the file allow."`
	Tables        []reviewedTable `json:"tables" nullable:"false" doc:"The tables that the file changes, or changes rows of, before the change; the largest first, at most 20."`
	MoreTables    int             `json:"moreTables" doc:"How many tables were left out."`
}

type reviewedTable struct {
	Name  string `json:"name"`
	Rows  int64  `json:"rows" doc:"The server's estimate, of the largest where databases differ; 0 when unknown or empty."`
	Bytes int64  `json:"bytes" doc:"With indexes; 0 when unknown or empty."`
}

type reviewFinding struct {
	Rule    string `json:"rule" example:"PL01"`
	Level   string `json:"level" enum:"error,warning,info"`
	Title   string `json:"title" doc:"Of the rule."`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Message string `json:"message"`
	Fix     string `json:"fix,omitempty" doc:"SQL that does the same safely."`
}

type reviewGap struct {
	Line int    `json:"line"`
	Why  string `json:"why"`
}

type reviewedAllow struct {
	Rule    string `json:"rule"`
	Line    int    `json:"line"`
	Because string `json:"because"`
}

// reviewCounts says in a list what a review has found.
type reviewCounts struct {
	State    towpath.ReviewState `json:"state" enum:"pending,done,failed"`
	Errors   int                 `json:"errors"`
	Warnings int                 `json:"warnings"`
}

func countsOf(r towpath.Review) *reviewCounts {
	return &reviewCounts{State: r.State, Errors: r.Errors, Warnings: r.Warnings}
}

func reviewOf(r towpath.Review) review {
	return review{
		State:      r.State,
		Reason:     reasonOf(r.Reason),
		ReviewedAt: r.ReviewedAt,
		Errors:     r.Errors,
		Warnings:   r.Warnings,
		Files:      all(r.Files, reviewedFileOf).Items,
	}
}

func reviewedFileOf(f towpath.ReviewedFile) reviewedFile {
	return reviewedFile{
		Path:          f.Path,
		Version:       f.Label,
		Checksum:      f.Checksum,
		EnvironmentID: f.EnvironmentID,
		Environment:   f.Environment,
		Against:       f.Against,
		Databases:     f.Databases,
		Statements:    f.Statements,
		Errors:        f.Errors,
		Warnings:      f.Warnings,
		Reason:        reasonOf(f.Reason),
		Findings: all(f.Findings, func(x towpath.ReviewFinding) reviewFinding {
			return reviewFinding{
				Rule: x.Rule, Level: x.Level, Title: x.Title, Line: x.Line, Column: x.Column,
				Message: x.Message, Fix: x.Fix,
			}
		}).Items,
		MoreFindings: f.MoreNotKept,
		NotAnalyzed:  all(f.NotAnalyzed, func(x towpath.ReviewGap) reviewGap { return reviewGap(x) }).Items,
		Allowed: all(f.Allowed, func(x towpath.ReviewedAllow) reviewedAllow {
			return reviewedAllow(x)
		}).Items,
		Tables: all(f.Tables, func(x towpath.ReviewedTable) reviewedTable {
			return reviewedTable(x)
		}).Items,
		MoreTables: f.MoreTables,
	}
}

// textKey is a text in an environment.
type textKey struct{ path, checksum, environmentID string }

// countsByText sums up what a review has found of each text in each environment.
func countsByText(r towpath.Review) map[textKey]*reviewCounts {
	counts := make(map[textKey]*reviewCounts, len(r.Files))
	for _, f := range r.Files {
		key := textKey{f.Path, f.Checksum, f.EnvironmentID}
		c := counts[key]
		if c == nil {
			c = &reviewCounts{State: r.State}
			counts[key] = c
		}
		// databases that hold different things are files of their own
		c.Errors, c.Warnings = max(c.Errors, f.Errors), max(c.Warnings, f.Warnings)
		if !f.Reviewed() {
			c.State = towpath.ReviewFailed
		}
	}
	return counts
}

// getReview returns the SQL review of a rollout; CodeNotFound when it is older than the reviews.
func (s *Server) getReview(ctx context.Context, in *RolloutPath) (review, error) {
	var found towpath.Review
	err := s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		if _, err = tx.RolloutAlone(ctx, in.Rollout); err != nil {
			return err
		}
		found, err = tx.Review(ctx, in.Rollout)
		return err
	})
	return reviewOf(found), err
}
