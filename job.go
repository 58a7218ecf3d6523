package towpath

import "time"

// JobKind names a kind of background work. Each has one handler.
type JobKind string

const (
	JobReconcile    JobKind = "reconcile"     // subject: repository link
	JobAdvance      JobKind = "advance"       // subject: rollout
	JobRunTask      JobKind = "run-task"      // subject: task
	JobPostStatus   JobKind = "post-status"   // subject: rollout
	JobPostPlan     JobKind = "post-plan"     // subject: repository link; what of its files cannot be planned
	JobWriteBack    JobKind = "write-back"    // subject: repository link; the schemas go into the repository
	JobCheckHook    JobKind = "check-hook"    // subject: repository link
	JobRemoveHook   JobKind = "remove-hook"   // subject: hook removal
	JobRefreshGrant JobKind = "refresh-grant" // subject: grant
)

// Job says that a subject wants to be looked at: there is one row per kind and subject for ever, and asking again
// only raises Wanted. It carries no data, so a lost, doubled or reordered job harms nobody: the handler looks at the
// subject as it is. Work is due while Wanted > Seen.
type Job struct {
	Kind      JobKind
	Subject   string
	Wanted    int64 // how often it was asked for
	Seen      int64 // Wanted as it was when the last finished run began
	DueAt     time.Time
	Attempts  int    // failures in a row
	LastError string // of the last failure, for people
	Lease     Lease
}
