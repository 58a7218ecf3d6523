package towpath

import "time"

// LatePolicy decides about a migration whose version is older than one that its database already
// has.
type LatePolicy string

const (
	LateHold   LatePolicy = "hold" // waits for a person; the default
	LateApply  LatePolicy = "apply"
	LateRefuse LatePolicy = "refuse"
)

// WaitingStatus is the build status of a commit whose changes wait for a person.
type WaitingStatus string

const (
	WaitingStopped    WaitingStatus = "stopped" // the default
	WaitingSuccessful WaitingStatus = "successful"
)

// HookState says how pushes reach the server.
type HookState string

const (
	HookActive  HookState = "active"
	HookPolling HookState = "polling" // no webhook by choice: the server has no public address
	HookMissing HookState = "missing" // it was deleted or does not fire; the server polls meanwhile
)

const (
	// PollInterval is how often a branch's head is read when no delivery comes, unless the server
	// is set otherwise.
	PollInterval = 30 * time.Second

	// DeliveryGrace is how long after a push its delivery may still arrive.
	DeliveryGrace = 30 * time.Second
)

// RepositoryLink connects a project to a repository, whose migrations are the project's desired
// state.
type RepositoryLink struct {
	ID                 string
	ProjectID          string
	ProviderID         string
	GrantID            string
	RepositoryID       string // the provider's stable id (Bitbucket: UUID with braces); survives renames
	RepositoryName     string // workspace/slug when last read
	RepositoryURL      string
	Branch             string
	BaseDirectory      string // without leading and trailing slash; "" is the root
	FilePathTemplate   string
	Exclude            []string // patterns of files below the base directory that are ignored
	AnyCaseEndings     bool     // files match by their endings in upper and lower case
	Placeholders       Placeholders
	SchemaPathTemplate string // "" is off
	LatePolicy         LatePolicy
	WaitingStatus      WaitingStatus

	HookKey             string // random, in the webhook's address: /hooks/{HookKey}
	HookID              string // the provider's id of the hook
	EncryptedHookSecret []byte
	HookURL             string // the address that the webhook was created with
	HookState           HookState
	HookReason          Reason // for missing and polling: why, and what to do

	HeadCommit   string // the newest head of the branch
	SyncedCommit string // the commit of the manifest; "" before the first reconcile
	SyncedAt     *time.Time
	// canonical version chosen when it was linked, for databases without a LinkBaseline; "" for
	// none
	BaselinedUpTo   string
	AttentionReason Reason // why the link needs a person; none while it does not
	UnplannedFiles  int    // how many files the last plan could not place, and a person must correct
	LastDeliveryAt  *time.Time
	// when a new head was found without a delivery for it; nil when there was a delivery for each
	UntoldAt   *time.Time
	LastPollAt *time.Time
	NextPollAt time.Time
	CreatedBy  string
	CreatedAt  time.Time
}

// LinkBaseline is a person's statement, made when the project was linked, of which files one
// database already had.
type LinkBaseline struct {
	LinkID     string
	DatabaseID string
	Version    string // canonical; "" for none of them
}

// HookRemoval is a webhook to delete from a repository unless a link uses it. It is stored before a
// webhook is created and when a link is deleted, so that a lost response leaves no webhook behind.
type HookRemoval struct {
	ID             string // of the webhook's link
	ProjectID      string
	GrantID        string // whose token removes it
	RepositoryID   string
	RepositoryName string
	RepositoryURL  string
	HookKey        string
	HookURL        string
	Since          time.Time // when it should be deleted; in the future while a link may still claim it
	Reason         Reason    // why it still exists, and what to do; "" before the first try
	GivenUp        bool      // only a person can remove it
}

// DeliveryVerdict is the result of a webhook request.
type DeliveryVerdict string

const (
	// it may concern the link's branch, or the review of another: a reconcile was scheduled
	DeliveryAccepted DeliveryVerdict = "accepted"
	DeliveryIgnored  DeliveryVerdict = "ignored" // Reason says why
)

// Delivery is one webhook request with a valid signature.
type Delivery struct {
	ID         string
	LinkID     string
	RequestID  string // the provider's; retries have the same
	Event      string
	Verdict    DeliveryVerdict
	Reason     Reason
	Attempts   int // how often it arrived
	Payload    []byte
	ReceivedAt time.Time
}
