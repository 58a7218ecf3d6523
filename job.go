package towpath

import "time"

// JobKind names a kind of background work. Each has one handler.
type JobKind string

const (
	JobReconcile  JobKind = "reconcile"   // subject: repository link
	JobAdvance    JobKind = "advance"     // subject: rollout
	JobRunTask    JobKind = "run-task"    // subject: task
	JobPostStatus JobKind = "post-status" // subject: rollout
	// subject: repository link; reports files that cannot be planned
	JobPostPlan JobKind = "post-plan"
	// subject: repository link; commits the schemas to the repository
	JobWriteBack    JobKind = "write-back"
	JobCheckHook    JobKind = "check-hook"    // subject: repository link
	JobRemoveHook   JobKind = "remove-hook"   // subject: hook removal
	JobRefreshGrant JobKind = "refresh-grant" // subject: grant
	JobCheckSchema  JobKind = "check-schema"  // subject: database; compares its schema with what changes left
	JobAskApproval  JobKind = "ask-approval"  // subject: approval request; sends it to its receiver
	// subject: rollout, repository link, database; finds what receivers are to be told
	JobNotifyRollout    JobKind = "notify-rollout"
	JobNotifyLink       JobKind = "notify-link"
	JobNotifyDatabase   JobKind = "notify-database"
	JobSendNotification JobKind = "send-notification" // subject: notification
	JobSendInvitation   JobKind = "send-invitation"   // subject: invitation; sends its link by mail
	JobReview           JobKind = "review"            // subject: repository link; reviews the SQL of its rollouts

	JobReadBranch    JobKind = "read-branch"    // subject: branch review; reads what the branch changes
	JobReviewBranch  JobKind = "review-branch"  // subject: branch review; reviews the SQL that was read
	JobJudgeBranches JobKind = "judge-branches" // subject: repository link; the merge order of its branches
	JobRehearse      JobKind = "rehearse"       // subject: instance; the rehearsals of branches there
	JobPostReview    JobKind = "post-review"    // subject: branch review; reports it to the provider
	JobPullRequests  JobKind = "pull-requests"  // subject: repository link; reads its pull requests
	JobReadApprovals JobKind = "read-approvals" // subject: rollout; approvals of what was merged
)

// Job requests work on a subject. There is one row per kind and subject, and another request only
// raises Generation. A job carries no data, so a lost, doubled or reordered one does no harm: the
// handler reads the current state of the subject. Work is due while Generation >
// ObservedGeneration.
type Job struct {
	Kind               JobKind
	Subject            string
	Generation         int64 // how often it was requested
	ObservedGeneration int64 // Generation when the last finished run began
	DueAt              time.Time
	Attempts           int    // failures in a row
	LastError          Reason // of the last failure
	Lease              Lease
}
