package towpath

import "time"

// LatePolicy says what happens to a migration whose version is older than one that its database already has.
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

// HookState is how the provider tells us about pushes.
type HookState string

const (
	HookActive  HookState = "active"
	HookPolling HookState = "polling" // no hook by choice: the server has no public address
	HookMissing HookState = "missing" // it was there and is gone, or it does not fire; polling meanwhile
)

// RepositoryLink joins a project with a repository: its migrations are the project's desired state.
type RepositoryLink struct {
	ID                 string
	ProjectID          string
	ProviderID         string
	GrantID            string
	RepositoryID       string // the provider's stable id (Bitbucket: UUID with braces); survives renames
	RepositoryName     string // workspace/slug when last seen
	RepositoryURL      string
	Branch             string
	BaseDirectory      string // without leading and trailing slash; "" is the root
	FilePathTemplate   string
	SchemaPathTemplate string // "" is off
	LatePolicy         LatePolicy
	WaitingStatus      WaitingStatus

	HookKey          string // random, in the hook's address: /hooks/{HookKey}
	HookID           string // the provider's id of the hook
	SealedHookSecret []byte
	HookURL          string // the address that the hook was made with
	HookState        HookState
	HookReason       string // for missing and polling: why, and what to do

	HeadCommit      string // newest head seen on the branch
	SyncedCommit    string // the manifest's; "" before the first reconcile
	SyncedAt        *time.Time
	BaselinedUpTo   string // canonical version chosen when it was linked, for databases without a LinkBaseline; "" for none
	AttentionReason string // why the link cannot work without a person; "" while it can
	LastDeliveryAt  *time.Time
	UntoldAt        *time.Time // when a new head was found that no delivery has told of since; nil when all were told
	LastPollAt      *time.Time
	NextPollAt      time.Time
	CreatedBy       string
	CreatedAt       time.Time
}

// LinkBaseline is what somebody has said of one database when its project was linked: which of the link's files it had.
type LinkBaseline struct {
	LinkID     string
	DatabaseID string
	Version    string // canonical; "" for none of them
}

// HookRemoval says that a hook is to go from a repository unless a link has it. It is kept before a hook is made and when a link
// goes, so that no lost answer leaves a hook behind.
type HookRemoval struct {
	ID             string // of the hook's link
	ProjectID      string
	GrantID        string // by which it is removed
	RepositoryID   string
	RepositoryName string
	RepositoryURL  string
	HookKey        string
	HookURL        string
	Since          time.Time // when it should have been gone; in the future while a link may still take it
	Reason         string    // why it is still there, and what to do; "" before the first try
	GivenUp        bool      // only a person can remove it
}

// DeliveryVerdict is what became of a webhook request.
type DeliveryVerdict string

const (
	DeliveryAccepted DeliveryVerdict = "accepted" // it may concern the link's branch: reconcile was woken
	DeliveryIgnored  DeliveryVerdict = "ignored"  // Reason says why
)

// Delivery is one webhook request that bore a good signature.
type Delivery struct {
	ID         string
	LinkID     string
	RequestID  string // the provider's; the same for its retries
	Event      string
	Verdict    DeliveryVerdict
	Reason     string
	Attempts   int // how often it came
	Payload    []byte
	ReceivedAt time.Time
}
