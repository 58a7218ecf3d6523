package towpath

import (
	"slices"
	"time"
)

// RehearsalState says how far the rehearsal of a branch's files is.
type RehearsalState string

// The states of the rehearsal of a branch.
const (
	RehearsalOff    RehearsalState = ""       // the project has rehearsals off, or no file runs
	RehearsalWanted RehearsalState = "wanted" // it is to be made
	RehearsalDone   RehearsalState = "done"
	RehearsalNone   RehearsalState = "none" // there was none; Reason says why
)

// RehearsalPatience is how long after a head was seen its rehearsal may take, so that its result is
// known before the review counts as failed.
const RehearsalPatience = BranchPatience - 4*time.Second

// BranchRehearsal is the rehearsal of a branch's files with the schema of one database, or why there
// was none. A branch whose files are for several databases has several.
type BranchRehearsal struct {
	ReviewID      string
	Position      int    // in the review, from 0
	Key           string // of all that the result depends on: the same needs no other rehearsal
	InstanceID    string // on which the scratch database is made
	DatabaseID    string // whose schema it gets
	Database      string
	EnvironmentID string
	Environment   string
	Files         []RehearsalFile // that are to run, in their order
	State         RehearsalState
	Reason        Reason    // why there was none
	Result        Rehearsal // zero unless State is RehearsalDone
	WantedAt      time.Time
	EndedAt       *time.Time
}

// RehearsalFile is a file that a rehearsal runs.
type RehearsalFile struct {
	Path     string     `json:"path"`
	Checksum string     `json:"checksum"`
	Version  string     `json:"version"`
	Type     ChangeType `json:"type"`
	Own      bool       `json:"own"` // the branch brings it; the others come from the link's branch
}

// SumRehearsals is the state of all rehearsals of a branch together.
func SumRehearsals(all []BranchRehearsal) RehearsalState {
	for _, state := range []RehearsalState{RehearsalWanted, RehearsalNone, RehearsalDone} {
		if slices.ContainsFunc(all, func(r BranchRehearsal) bool { return r.State == state }) {
			return state
		}
	}
	return RehearsalOff
}

// Own returns the results of the files that the branch brings.
func (r BranchRehearsal) Own() (files []RehearsedFile) {
	own := map[string]bool{}
	for _, f := range r.Files {
		own[f.Path] = f.Own
	}
	for _, f := range r.Result.Files {
		if own[f.Path] {
			files = append(files, f)
		}
	}
	return files
}

// Failed reports whether a file that the branch brings has failed.
func (r BranchRehearsal) Failed() bool {
	return slices.ContainsFunc(r.Own(), func(f RehearsedFile) bool { return f.State == RehearsedFailed })
}

// Bounds of what is kept of a rehearsal.
const (
	maxRehearsedStatements = 2000      // of all files
	maxRehearsedTables     = 100       // locks, and rewrites, of a file
	maxRehearsedSchema     = 200 << 10 // bytes of the schema's difference
)

// Bounded returns the rehearsal with no more than is kept. What it leaves out is counted, or said in
// the schema's difference.
func (r Rehearsal) Bounded() Rehearsal {
	left := maxRehearsedStatements
	r.Files = slices.Clone(r.Files)
	for i := range r.Files {
		f := &r.Files[i]
		if kept := min(left, len(f.Statements)); kept < len(f.Statements) {
			f.More += len(f.Statements) - kept
			f.Statements = f.Statements[:kept]
		}
		left -= len(f.Statements)
		if more := len(f.Locks) - maxRehearsedTables; more > 0 {
			f.Locks, f.MoreLocks = f.Locks[:maxRehearsedTables], more
		}
		if more := len(f.Rewrites) - maxRehearsedTables; more > 0 {
			f.Rewrites, f.MoreRewrites = f.Rewrites[:maxRehearsedTables], more
		}
	}
	r.Schema = ClipMore(r.Schema, maxRehearsedSchema, 0)
	return r
}
