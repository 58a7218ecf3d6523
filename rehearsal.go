package towpath

// Rehearsal is what a server did when it ran files in a scratch database. It is plain data.
type Rehearsal struct {
	Server  string          `json:"server"`  // "PostgreSQL 15.20"
	Seconds float64         `json:"seconds"` // with the making of the schema
	Files   []RehearsedFile `json:"files"`   // in the order in which they ran
	// Schema is what the files change in the schema, as a unified diff of its dumps.
	Schema string `json:"schema"`
}

// RehearsedFile is one file of a rehearsal.
type RehearsedFile struct {
	Path    string         `json:"path"`
	State   RehearsedState `json:"state"`
	Whole   bool           `json:"whole"`   // it runs in one transaction
	Seconds float64        `json:"seconds"` // with its commit
	Rows    int64          `json:"rows"`    // that its statements changed

	Locks        []RehearsedLock `json:"locks"` // the strongest of each table, the strongest first
	MoreLocks    int             `json:"moreLocks,omitempty"`
	Rewrites     []string        `json:"rewrites"` // tables that got new storage
	MoreRewrites int             `json:"moreRewrites,omitempty"`

	Statements []RehearsedStatement `json:"statements"` // those that ran, at most MaxRehearsed
	More       int                  `json:"more"`       // those that ran and are left out
	Failure    *RehearsalFailure    `json:"failure,omitempty"`
}

// MaxRehearsed is how many statements of a file a rehearsal keeps.
const MaxRehearsed = 1000

// RehearsedState is how a file fared.
type RehearsedState string

// The states of a file in a rehearsal.
const (
	RehearsedDone    RehearsedState = "done"
	RehearsedFailed  RehearsedState = "failed"
	RehearsedRefused RehearsedState = "refused" // a part of it is only for targets: nothing of it ran
	RehearsedSkipped RehearsedState = "skipped" // an earlier file has not run
)

// RehearsedLock is a lock that a file took on a table.
type RehearsedLock struct {
	Table string  `json:"table"` // "" for the whole database
	Mode  string  `json:"mode"`  // in the words of the server: "AccessExclusiveLock"
	Line  int     `json:"line"`  // of the statement that took it
	Held  float64 `json:"held"`  // seconds, from the start of that statement
	Rank  int     `json:"rank"`  // a higher one keeps out more
}

// RehearsedStatement is one statement of a rehearsal.
type RehearsedStatement struct {
	Line      int      `json:"line"`
	Column    int      `json:"column"`
	Seconds   float64  `json:"seconds"`
	Rows      int64    `json:"rows"`
	Locks     []string `json:"locks,omitempty"` // "orders: AccessExclusiveLock", those that it took first
	Rewrites  []string `json:"rewrites,omitempty"`
	Algorithm string   `json:"algorithm,omitempty"` // how the server changed a table: "INSTANT"
	Unseen    string   `json:"unseen,omitempty"`    // why not all could be seen
}

// RehearsalFailure is why a file did not run to its end.
type RehearsalFailure struct {
	Line   int    `json:"line"` // 0 for the file as a whole
	Column int    `json:"column"`
	Reason Reason `json:"reason"`
}

// Failure returns the first failure, and the path of its file; nil when all files ran.
func (r Rehearsal) Failure() (path string, failure *RehearsalFailure) {
	for _, f := range r.Files {
		if f.Failure != nil {
			return f.Path, f.Failure
		}
	}
	return "", nil
}

// Normal returns the file with empty lists instead of missing ones, as JSON has them.
func (f RehearsedFile) Normal() RehearsedFile {
	if f.Locks == nil {
		f.Locks = []RehearsedLock{}
	}
	if f.Rewrites == nil {
		f.Rewrites = []string{}
	}
	if f.Statements == nil {
		f.Statements = []RehearsedStatement{}
	}
	return f
}
