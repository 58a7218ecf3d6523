package towpath

import "time"

// BranchState says how far the review of a branch is.
type BranchState string

// The states of a branch's review.
const (
	BranchPending BranchState = "pending" // its newest head is to be read or reviewed
	BranchDone    BranchState = "done"
	BranchFailed  BranchState = "failed" // no review was possible, or not of all files; it is tried again
	BranchIdle    BranchState = "idle"   // it changes no file that its link takes
	BranchEnded   BranchState = "ended"  // Reason says why
)

// Open reports whether a branch has a review that counts: it may still be merged.
func (s BranchState) Open() bool {
	return s == BranchPending || s == BranchDone || s == BranchFailed
}

// Bounds of the reviews of branches.
const (
	MaxBranches       = 300                 // that one link follows
	MaxBranchFiles    = 200                 // migrations that a branch may change to be reviewed
	MaxBranchAge      = 90 * 24 * time.Hour // of its newest commit
	BranchPatience    = 50 * time.Second    // after which a review that has not ended counts as failed
	BranchStatusDelay = 2 * time.Second     // a review that ends within this time is not shown in progress
)

// MergeVerdict says how a branch stands to its link's branch and to the other branches.
type MergeVerdict string

// The verdicts, the gravest first.
const (
	MergeEdits       MergeVerdict = "edits-applied"   // it edits a file that a database has
	MergeRemoves     MergeVerdict = "removes-applied" // it removes a file that a database has
	MergeConflict    MergeVerdict = "conflict"        // the link's branch has another file of its version
	MergeSameVersion MergeVerdict = "same-version"    // another branch has a file of its version
	MergeLate        MergeVerdict = "late"            // the link's branch has a newer version
	MergeLateOnce    MergeVerdict = "late-once"       // the same, once another branch is merged
	MergeSameObjects MergeVerdict = "same-objects"    // another branch changes the same objects
	MergeClear       MergeVerdict = "clear"
)

// Stops reports whether a branch must not be merged as it is.
func (v MergeVerdict) Stops() bool {
	return v == MergeEdits || v == MergeRemoves || v == MergeConflict
}

// BranchReview is the review of a branch other than its link's. There is one row for each branch
// that the link follows, and it is about the newest head.
type BranchReview struct {
	ID        string
	LinkID    string
	ProjectID string
	Branch    string
	Head      string // the newest that was seen; "" when the branch is gone
	ReadHead  string // whose files are stored; "" for none
	Base      string // the commit that ReadHead has in common with the link's branch; "" when unknown
	Reviewed  string // the head that the findings are about; "" for none
	State     BranchState
	Reason    Reason // why it failed, is idle or has ended
	Verdict   MergeVerdict
	Order     []Reason // what Verdict is about, the gravest first
	Judged    bool     // whether Verdict is about Reviewed
	// counts what asks for a review of the same files, such as other levels
	Generation int64
	Files      int // migrations that the branch changes
	Errors     int
	Warnings   int
	Rehearsal  RehearsalState // of all rehearsals of the files
	Sent       BranchSent
	// the newest one of the branch; zero for none
	PullRequest PullRequest
	Told        BranchTold
	WantedAt    time.Time  // when Head was seen
	ReviewedAt  *time.Time // nil until the first review
	EndedAt     *time.Time
}

// Passed reports whether the review has ended well: without errors, and with nothing that keeps the
// branch from being merged.
func (r BranchReview) Passed() bool {
	return r.State == BranchDone && r.Judged && r.Errors == 0 && !r.Verdict.Stops()
}

// Rehearsing reports whether the result of a rehearsal is still awaited at a time. One that takes too
// long keeps nothing else waiting.
func (r BranchReview) Rehearsing(now time.Time) bool {
	return r.Rehearsal == RehearsalWanted && now.Before(r.WantedAt.Add(BranchPatience))
}

// Want notes a new head of the branch, "" when the branch is gone.
func (r *BranchReview) Want(head string, now time.Time) {
	r.Head, r.WantedAt, r.EndedAt = head, now, nil
	r.State, r.Reason = BranchPending, Reason{}
}

// End ends the review, for a reason.
func (r *BranchReview) End(why Reason, now time.Time) {
	r.State, r.Reason, r.EndedAt = BranchEnded, why, &now
	r.Verdict, r.Order = "", nil
}

// BranchSent is what a provider was last told of a branch. The digests are of what was sent, so
// that the same is not sent twice.
type BranchSent struct {
	Commit      string     `json:"commit,omitempty"`
	State       string     `json:"state,omitempty"` // of the build status
	Text        string     `json:"text,omitempty"`
	Status      string     `json:"status,omitempty"`
	Report      string     `json:"report,omitempty"`
	Annotations string     `json:"annotations,omitempty"`
	Begun       bool       `json:"begun,omitempty"` // the commit may have a report
	Lines       int        `json:"lines,omitempty"` // annotations that were sent
	At          *time.Time `json:"at,omitempty"`
}

// BranchFile is a migration that a branch adds, changes or removes.
type BranchFile struct {
	ReviewID string
	Removed  bool
	Objects  []string // that the file changes, as the review has read them
	ManifestFile
}
