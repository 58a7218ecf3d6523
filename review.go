package towpath

import "time"

// ReviewState says how far the SQL review of a rollout is.
type ReviewState string

const (
	ReviewPending ReviewState = "pending" // it is to be made, or to be made again
	ReviewDone    ReviewState = "done"
	ReviewFailed  ReviewState = "failed" // of some files it could not be made; it is tried again
)

// Bounds of what a review keeps.
const (
	MaxReviewFindings = 1000 // of a rollout
	MaxReviewNotes    = 200  // of a file: statements not analyzed, comments that allow findings
	MaxReviewTables   = 20   // of a file
	MaxReviewText     = 4000 // of a message or a fix, in bytes
)

// Review is what the SQL review says of the files of a rollout, or of a preview. It stops nothing.
type Review struct {
	RolloutID  string
	LinkID     string
	ProjectID  string
	Generation int64 // how often it was asked for
	State      ReviewState
	Reason     Reason     // why it failed
	ReviewedAt *time.Time // nil until the first one has ended
	Errors     int        // findings, those that are not kept included
	Warnings   int
	Files      []ReviewedFile // loaded on demand, by environment and in the order in which they run
}

// Count sets Errors and Warnings from the files.
func (r *Review) Count() { r.Errors, r.Warnings = CountFindings(r.Files) }

// CountFindings counts what a review says of files. The same finding in several environments is
// one.
func CountFindings(files []ReviewedFile) (errors, warnings int) {
	type text struct{ path, checksum string }
	type place struct {
		text
		rule, level  string
		line, column int
	}
	seen := map[place]bool{}
	more := map[text][2]int{} // not kept
	for _, f := range files {
		of := text{f.Path, f.Checksum}
		kept := map[string]int{}
		for _, found := range f.Findings {
			kept[found.Level]++
			seen[place{of, found.Rule, found.Level, found.Line, found.Column}] = true
		}
		more[of] = [2]int{
			max(more[of][0], f.Errors-kept[string(ReviewError)]),
			max(more[of][1], f.Warnings-kept[string(ReviewWarning)]),
		}
	}
	for p := range seen {
		switch ReviewLevel(p.level) {
		case ReviewError:
			errors++
		case ReviewWarning:
			warnings++
		}
	}
	for _, n := range more {
		errors += n[0]
		warnings += n[1]
	}
	return errors, warnings
}

// ReviewedFile is what the review says of one text for databases of one environment that hold the
// same.
type ReviewedFile struct {
	RolloutID     string
	Position      int // in the review, from 0
	Path          string
	Label         string // the version as written in the file's name
	Checksum      string
	Commit        string // that brought the text; "" in a preview
	EnvironmentID string
	Environment   string
	Against       string // the kind of server and its version, such as "postgres 15.20"
	Databases     int
	Statements    int
	Errors        int // findings, those that are not kept included
	Warnings      int
	Reason        Reason // why it was not reviewed, or what the review did not know; none when complete
	ReviewNotes
}

// Reviewed reports whether the rules have seen the file.
func (f ReviewedFile) Reviewed() bool { return f.Against != "" }

// ReviewNotes are the details of a reviewed file.
type ReviewNotes struct {
	Findings    []ReviewFinding `json:"findings,omitempty"`
	MoreNotKept int             `json:"moreNotKept,omitempty"` // findings beyond the bound
	NotAnalyzed []ReviewGap     `json:"notAnalysed,omitempty"`
	MoreGaps    int             `json:"moreGaps,omitempty"`
	Allowed     []ReviewedAllow `json:"allowed,omitempty"`
	MoreAllowed int             `json:"moreAllowed,omitempty"`
	Tables      []ReviewedTable `json:"tables,omitempty"` // the largest first
	MoreTables  int             `json:"moreTables,omitempty"`
}

// ReviewedTable is a table that a file changes, or changes rows of, as large as it is before the
// change. Where databases differ, it is the largest. The server's estimates; 0 is unknown, or empty.
type ReviewedTable struct {
	Name  string `json:"name"`
	Rows  int64  `json:"rows"`
	Bytes int64  `json:"bytes"` // with indexes
}

// ReviewFinding is one finding of a rule.
type ReviewFinding struct {
	Rule    string `json:"rule"`
	Level   string `json:"level"` // error, warning or info
	Title   string `json:"title"` // of the rule
	Line    int    `json:"line"`  // from 1
	Column  int    `json:"column"`
	Message string `json:"message"`
	Fix     string `json:"fix,omitempty"` // SQL that does the same safely
	// of the statement's text, to know the finding again when lines move; "" for one about a file
	Statement string `json:"statement,omitempty"`
}

// ReviewGap is a statement that no rule has seen.
type ReviewGap struct {
	Line int    `json:"line"`
	Why  string `json:"why"`
}

// ReviewedAllow is a comment in a file that allowed a finding.
type ReviewedAllow struct {
	Rule    string `json:"rule"`
	Line    int    `json:"line"`
	Because string `json:"because,omitempty"`
}

// PolicyFile is a link's file towpath.yaml, which sets levels of the SQL review.
type PolicyFile struct {
	LinkID string
	Path   string // "" when the branch has none
	Text   string
	Reason Reason // why it has no text, such as its size
	ReadAt time.Time
}

// PolicyFileName is the name of a PolicyFile. The one in the link's base directory counts, else the
// one in the root of the repository.
const PolicyFileName = "towpath.yaml"

// PolicyPaths lists where a link's PolicyFile may be, the one that counts first.
func (l RepositoryLink) PolicyPaths() []string {
	if l.BaseDirectory == "" {
		return []string{PolicyFileName}
	}
	return []string{l.BaseDirectory + "/" + PolicyFileName, PolicyFileName}
}
