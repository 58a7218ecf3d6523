package vcs

import "context"

// MaxAnnotations is how many annotations a report may have.
const MaxAnnotations = 1000

// Reporter is a Client whose provider shows reports on commits, with findings at their lines.
// Description.Reports says whether a provider's clients are Reporters. Errors are *Error.
type Reporter interface {
	// PutReport makes a report on a commit, or replaces the fields of the one with its key. The
	// annotations stay.
	PutReport(ctx context.Context, id, commit string, r Report) error

	// Annotate adds annotations to a report, at most MaxAnnotations in all. Their keys must be new.
	Annotate(ctx context.Context, id, commit, report string, list []Annotation) error

	// DeleteReport removes a report with its annotations; one that is gone is no error.
	DeleteReport(ctx context.Context, id, commit, report string) error
}

// Report is what a commit's page says of it.
type Report struct {
	Key     string
	Title   string
	Details string // a sentence
	Passed  bool
	URL     string        // the page with all of it
	Fields  []ReportField // at most 10
}

// ReportField is a line of a report.
type ReportField struct {
	Title string
	Text  string
	URL   string // what the text links to; "" for none
}

// Level is how grave an annotation is.
type Level string

// The levels of annotations.
const (
	LevelError   Level = "error"
	LevelWarning Level = "warning"
	LevelInfo    Level = "info"
)

// Annotation is a finding at a line.
type Annotation struct {
	Key     string // unique in its report
	Level   Level
	Path    string // from the root of the repository; "" for one about the whole commit
	Line    int    // from 1; 0 for the whole file
	Summary string
	Details string
	URL     string
}
