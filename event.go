package towpath

import (
	"slices"
	"time"
)

// Event is a change of state, or an audit event: something that a person did. It is written in the
// transaction of the change, so that it exists if and only if the change does. An event names what
// changed; readers that need more read the object itself.
type Event struct {
	ID         string
	At         time.Time // of the transaction
	Kind       EventKind
	ActorID    string // the member who acted; only of audit events, "" for one from the server's shell
	MemberID   string // the member that it is about, or whose grant, credential or role it is about
	ProjectID  string // "" for the workspace, and for a database that is in no project
	LinkID     string
	RolloutID  string
	TaskID     string // "" when the event counts several
	DatabaseID string
	// of an object without a field here: an instance, an environment, a provider, a delivery, …
	SubjectID string
	From      string            // the state before; "" when it is new, or has no states
	To        string            // the state now
	Count     int               // how many such changes one transaction made
	Params    map[string]string // of an audit event
	Causes    []Reason          // of an audit event
	Changes   []Change          // of an audit event: settings before and after
	Origin    Origin            // of an audit event; the store sets it

	// The place of an audit event in the hash chain; 0 and "" for a change of state.
	Number   int64
	Previous string // the hash of the event with the number before
	Hash     string
}

// EventKind is one of the constants of this file, or of act.go.
type EventKind string

// Changes of state. The store emits them where it writes the state, so that no caller can forget
// one. From and To are set for tasks, rollouts, links ("connected", "attention"), verifications and
// roles in a project.
const (
	// EventTaskCreated: tasks were planned.
	EventTaskCreated EventKind = "task.created"
	// EventTaskChanged: a task changed its state or its progress.
	EventTaskChanged EventKind = "task.changed"
	// EventRolloutCreated: a rollout was created for a commit.
	EventRolloutCreated EventKind = "rollout.created"
	// EventRolloutChanged: a rollout changed its state or its commit.
	EventRolloutChanged EventKind = "rollout.changed"
	// EventReviewChanged: the SQL review of a rollout was asked for, or has ended; or that of a
	// branch has changed, which SubjectID names.
	EventReviewChanged EventKind = "review.changed"
	// EventApprovalChanged: somebody has approved, refused or scheduled a start, or withdrawn that,
	// started past a gate, or looked at that. SubjectID is the environment.
	EventApprovalChanged EventKind = "approval.changed"
	// EventPauseChanged: somebody has paused or resumed something. SubjectID is the pause.
	EventPauseChanged EventKind = "pause.changed"
	// EventLinkCreated: a project was linked with a repository.
	EventLinkCreated EventKind = "link.created"
	// EventLinkChanged: a link's settings, hook, commit or health changed, or it was polled.
	EventLinkChanged EventKind = "link.changed"
	// EventLinkDeleted: a repository was unlinked.
	EventLinkDeleted EventKind = "link.deleted"
	// EventLinkRead: the reading of a link's repository started, progressed or ended.
	EventLinkRead EventKind = "link.read"
	// EventFilesChanged: a link's manifest changed.
	EventFilesChanged EventKind = "link.files-changed"
	// EventDeliveryReceived: a webhook request arrived. SubjectID is the delivery.
	EventDeliveryReceived EventKind = "delivery.received"
	// EventHookRemovalChanged: the removal of a hook was scheduled, failed or succeeded. LinkID is
	// the link that had it.
	EventHookRemovalChanged EventKind = "hook-removal.changed"
	// EventDatabaseCreated: a database was discovered or registered. SubjectID is its instance.
	EventDatabaseCreated EventKind = "database.created"
	// EventDatabaseChanged: a database's project, environment, presence or ledger changed. A move
	// between projects makes an event in each. SubjectID is its instance.
	EventDatabaseChanged EventKind = "database.changed"
	// EventDatabaseDeleted: a database was removed. SubjectID is its instance.
	EventDatabaseDeleted EventKind = "database.deleted"
	// EventHistoryAdded: the change history of a database has more entries.
	EventHistoryAdded EventKind = "history.added"
	// EventInstanceCreated: an instance was added. SubjectID is the instance.
	EventInstanceCreated EventKind = "instance.created"
	// EventInstanceChanged: an instance was edited or checked. SubjectID is the instance.
	EventInstanceChanged EventKind = "instance.changed"
	// EventInstanceDeleted: an instance was removed. SubjectID is the instance.
	EventInstanceDeleted EventKind = "instance.deleted"
	// EventEnvironmentCreated: an environment was added. SubjectID is the environment.
	EventEnvironmentCreated EventKind = "environment.created"
	// EventEnvironmentChanged: an environment was edited or moved. SubjectID is the environment.
	EventEnvironmentChanged EventKind = "environment.changed"
	// EventEnvironmentDeleted: an environment was removed. SubjectID is the environment.
	EventEnvironmentDeleted EventKind = "environment.deleted"
	// EventProjectCreated: a project was added.
	EventProjectCreated EventKind = "project.created"
	// EventProjectChanged: a project's name or limits changed.
	EventProjectChanged EventKind = "project.changed"
	// EventProjectMemberChanged: a member's role in a project changed; To is "" for none.
	EventProjectMemberChanged EventKind = "project-member.changed"
	// EventMemberCreated: somebody was invited.
	EventMemberCreated EventKind = "member.created"
	// EventMemberChanged: a member's name, role or access changed.
	EventMemberChanged EventKind = "member.changed"
	// EventCredentialCreated: a session, API token or invitation was created. SubjectID is the
	// credential.
	EventCredentialCreated EventKind = "credential.created"
	// EventCredentialDeleted: sessions, API tokens or invitations were revoked. SubjectID is the
	// credential, if there is only one.
	EventCredentialDeleted EventKind = "credential.deleted"
	// EventGitProviderCreated: a Git provider was added. SubjectID is the provider.
	EventGitProviderCreated EventKind = "git-provider.created"
	// EventGitProviderChanged: a Git provider's name or credentials changed. SubjectID is the
	// provider.
	EventGitProviderChanged EventKind = "git-provider.changed"
	// EventGitProviderDeleted: a Git provider was removed, with its grants. SubjectID is the
	// provider.
	EventGitProviderDeleted EventKind = "git-provider.deleted"
	// EventGrantCreated: a member connected an account. SubjectID is the grant.
	EventGrantCreated EventKind = "grant.created"
	// EventGrantChanged: a member's account stopped working, or works again. SubjectID is the
	// grant.
	EventGrantChanged EventKind = "grant.changed"
	// EventReceiverCreated: a receiver of notifications was added. SubjectID is the receiver.
	EventReceiverCreated EventKind = "receiver.created"
	// EventReceiverChanged: a receiver was edited, or something was sent there. SubjectID is the
	// receiver.
	EventReceiverChanged EventKind = "receiver.changed"
	// EventReceiverDeleted: a receiver was removed. SubjectID is the receiver.
	EventReceiverDeleted EventKind = "receiver.deleted"
	// EventVerificationChanged: an OAuth round trip began, ended or was used. SubjectID is the
	// verification.
	EventVerificationChanged EventKind = "verification.changed"
)

// EventKinds lists the kinds of changes of state.
func EventKinds() []EventKind {
	return []EventKind{
		EventTaskCreated, EventTaskChanged, EventRolloutCreated, EventRolloutChanged,
		EventReviewChanged, EventApprovalChanged, EventPauseChanged,
		EventLinkCreated, EventLinkChanged, EventLinkDeleted, EventLinkRead, EventFilesChanged,
		EventDeliveryReceived, EventHookRemovalChanged, EventDatabaseCreated, EventDatabaseChanged,
		EventDatabaseDeleted, EventHistoryAdded, EventInstanceCreated, EventInstanceChanged,
		EventInstanceDeleted, EventEnvironmentCreated, EventEnvironmentChanged, EventEnvironmentDeleted,
		EventProjectCreated, EventProjectChanged, EventProjectMemberChanged, EventMemberCreated,
		EventMemberChanged, EventCredentialCreated, EventCredentialDeleted,
		EventGitProviderCreated, EventGitProviderChanged, EventGitProviderDeleted,
		EventGrantCreated, EventGrantChanged, EventVerificationChanged,
		EventReceiverCreated, EventReceiverChanged, EventReceiverDeleted,
	}
}

// Act reports whether the kind is an audit event, which is kept for good, and not a change of
// state.
func (k EventKind) Act() bool { return !slices.Contains(EventKinds(), k) }

// personal are the kinds that only the member sees whom they are about.
var personal = []EventKind{
	EventCredentialCreated, EventCredentialDeleted, EventGrantCreated, EventGrantChanged,
	EventVerificationChanged,
}

// shared are the kinds that every member of the workspace may see.
var shared = []EventKind{
	EventInstanceCreated, EventInstanceChanged, EventInstanceDeleted,
	EventEnvironmentCreated, EventEnvironmentChanged, EventEnvironmentDeleted,
	EventMemberCreated, EventMemberChanged,
	EventGitProviderCreated, EventGitProviderChanged, EventGitProviderDeleted,
}

// VisibleTo reports whether a member may see the event. may reports whether the member has a right
// in a project, or with "" in the workspace.
func (e Event) VisibleTo(memberID string, may func(right Permission, projectID string) bool) bool {
	switch {
	case e.Kind.Act():
		return may(ManageMembers, "")
	case slices.Contains(personal, e.Kind):
		return e.MemberID == memberID
	case slices.Contains(shared, e.Kind):
		return may(ViewWorkspace, "")
	case e.Kind == EventProjectMemberChanged && e.MemberID == memberID:
		return true // even when the member was removed from the project
	case e.ProjectID == "":
		return may(ManageInstances, "") // a database in no project
	}
	return may(ViewProject, e.ProjectID)
}
