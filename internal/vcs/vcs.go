// Package vcs is the seam to Git providers. Its drivers are in folders below; vcstest has the suite
// that each must pass. It depends on no provider and stores nothing: tokens and budgets belong to
// the creator of a Client.
package vcs

import (
	"context"
	"io"
	"net/http"
	"time"

	"towpath"
)

// App is the OAuth application that Towpath uses.
type App struct {
	ApplicationID string
	Secret        string
}

// Driver is one type of Git provider. It is safe for concurrent use.
type Driver interface {
	// Describe returns what people need to set a provider up; the console shows it unchanged.
	Describe() Description

	// Open returns the provider at an instance, without a request. It fails on an address that the
	// type cannot have.
	Open(Instance) (Provider, error)
}

// Instance is the address of a provider.
type Instance struct {
	URL string // without a trailing slash; where people sign in
}

// Provider is one instance of a Git provider. It is safe for concurrent use.
type Provider interface {
	// AuthorizeURL is the page on which a person signs in and consents.
	AuthorizeURL(app App, state, redirectURL string) string

	// Probe checks key and secret without a person's sign-in. nil: they are valid. An *Error with
	// Reason ReasonCredentials: they are not; ReasonSwapped: they are in each other's field;
	// ReasonNoCallback: the consumer is not complete. Any other error: the check failed.
	Probe(ctx context.Context, app App) error

	// Exchange exchanges the code of a redirect for tokens. A code works once.
	Exchange(ctx context.Context, app App, code, redirectURL string) (Token, error)

	// Refresh gets a new pair. The old refresh token may be invalid afterwards, so the new pair
	// must be stored before use. An *Error with Kind Unauthorized means that the person must
	// authorize again.
	Refresh(ctx context.Context, app App, refreshToken string) (Token, error)

	// Missing lists the needed permissions that are not among the granted scopes, in the words of
	// the consumer form.
	Missing(scopes []string) []string

	// Rung is the highest rung of Description.Rungs whose permissions are among the granted scopes; 0
	// for none.
	Rung(scopes []string) int

	// Client returns a client that acts as the person of ts, within one budget.
	Client(ts TokenSource) Client

	// ParseWebhook first checks the signature over the raw body, and then reads the event. An
	// *Error with Kind Unauthorized when the signature is missing or wrong; nothing else of the
	// request is read then. Unknown events are events without refs.
	ParseWebhook(header http.Header, body []byte, secret string) (Event, error)
}

// TokenSource provides access tokens of one grant.
type TokenSource interface {
	// Token returns an access token other than stale, which the provider has just refused; stale
	// may be "".
	Token(ctx context.Context, stale string) (string, error)
}

// Client acts for one grant. It is safe for concurrent use. Errors of its calls are *Error.
type Client interface {
	// Account is the person behind the grant.
	Account(ctx context.Context) (Account, error)

	// Repositories calls yield for every repository that the person administers, over all
	// workspaces and pages, until yield returns false. A workspace that refuses does not hide the
	// others: it is reported as Skipped. The error is for what ends the listing (no answer, rate
	// limit), or for a refusal by every workspace.
	Repositories(ctx context.Context, yield func(Repository) bool) (skipped []Skipped, err error)

	// Repository reads one repository by the provider's stable id.
	Repository(ctx context.Context, id string) (Repository, error)

	// Source reads one repository's Git data.
	Source(id string) Source

	// Hooks manages one repository's webhooks.
	Hooks(id string) Hooks

	// PutStatus sets a build status; the same key on the same commit is overwritten.
	PutStatus(ctx context.Context, id, commit string, s Status) error

	// Write makes one commit on a branch whose head is parent and returns its hash. Kind Conflict
	// when the branch has moved, or when one that should be new exists.
	Write(ctx context.Context, id string, w Write) (hash string, err error)

	// Usage returns how much of the grant's budget is used.
	Usage() Usage
}

// Source reads a repository at commits. Branch names may contain slashes; paths are slash-separated
// from the root.
type Source interface {
	// Branches lists all branches with their heads, sorted by name.
	Branches(ctx context.Context) ([]Branch, error)

	// Heads reads the branches' heads in the cheapest way (the Git protocol), for polling. That way
	// may lead to a repository that took this one's name: unexpected heads are a reason to
	// Relocate.
	Heads(ctx context.Context) (Heads, error)

	// Relocate looks up the repository's current place by the stable id, unless that was done just
	// before. moved is true when Heads has used another place until now.
	Relocate(ctx context.Context) (moved bool, err error)

	// Commit reads a commit by its hash. Kind NotFound when there is none (yet).
	Commit(ctx context.Context, hash string) (Commit, error)

	// Tree lists every file below dir ("" is the root), in no particular order.
	Tree(ctx context.Context, commit, dir string) ([]Entry, error)

	// Stat returns the kind and size of a path without opening it. Kind NotFound when it is missing
	// or is a directory.
	Stat(ctx context.Context, commit, path string) (Entry, error)

	// File opens a file's bytes. The caller closes it and bounds what it reads.
	File(ctx context.Context, commit, path string) (io.ReadCloser, error)

	// Between returns the differences between two commits and the commit on the way that brought
	// each, without using the budget of other calls. Any error means that this is not possible; use
	// Changes.
	Between(ctx context.Context, from, to string) (Between, error)

	// Since returns what head has changed since it left trunk, a commit of another branch: the
	// differences to the newest commit that both contain, which is Base. There are none when trunk
	// contains head, or when the two have nothing in common.
	Since(ctx context.Context, trunk, head string) (Between, error)

	// Changes lists the differences between two commits, with renames as a removal and an addition.
	// Kind NotFound when either is gone: list the tree then.
	Changes(ctx context.Context, from, to string) ([]Change, error)
}

// Hooks manages a repository's webhooks.
type Hooks interface {
	// Ensure creates the hook, or updates or replaces the one with h.ID or h.URL (duplicates by URL
	// are removed). It returns the provider's id of the hook, even together with an error that came
	// after the hook was created.
	Ensure(ctx context.Context, h Hook) (id string, err error)
	// List calls yield for every hook of the repository, including those of others, until yield
	// returns false.
	List(ctx context.Context, yield func(Hook) bool) error
	// Get reads a hook. Kind NotFound when it is gone.
	Get(ctx context.Context, id string) (Hook, error)
	// Delete removes a hook; a hook that is already gone is not an error.
	Delete(ctx context.Context, id string) error
}

// Token is a pair of OAuth tokens. Both may be thousands of characters long.
type Token struct {
	AccessToken string
	// "" when the provider sent none: keep the old one; a refresh may also return the old one
	RefreshToken string
	ExpiresAt    time.Time
	Scopes       []string
}

// Account is a person at the provider.
type Account struct {
	ID   string // stable
	Name string
}

// Repository is a repository that can be linked.
type Repository struct {
	ID            string // stable across renames
	Name          string // full name, workspace/slug
	URL           string // its page
	DefaultBranch string // "" while it is empty
	UpdatedAt     time.Time
	Admin         bool // whether the person may manage its hooks
}

// Skipped is a workspace whose repositories could not be listed.
type Skipped struct {
	Workspace string // as people know it
	Err       error  // an *Error
}

// Branch is a branch and its head.
type Branch struct {
	Name string
	Head string
}

// Heads are the heads of a repository's branches, and its current name.
type Heads struct {
	Name     string // full name, workspace/slug
	URL      string // its page
	Branches map[string]string
}

// Commit is a commit as people see it.
type Commit struct {
	Hash    string // 40 hex digits
	Message string // without line ends at its end
	Author  string
	People  []towpath.Person // author and committer, as far as the provider says
	Time    time.Time
	URL     string

	// full name of the repository at the provider's stable id; "" when unknown
	Repository string
}

// EntryKind distinguishes files from entries that only look like files.
type EntryKind string

const (
	EntryFile      EntryKind = "file"
	EntrySymlink   EntryKind = "symlink"
	EntrySubmodule EntryKind = "submodule"
	EntryLFS       EntryKind = "lfs" // the file's bytes are elsewhere
)

// Entry is a file of a tree.
type Entry struct {
	Path string
	Kind EntryKind
	Size int64
}

// Unfit is why an entry has no text; zero for a file.
func (e Entry) Unfit() towpath.Reason {
	switch e.Kind {
	case EntrySymlink:
		return towpath.Why(towpath.ReasonSymlink)
	case EntrySubmodule:
		return towpath.Why(towpath.ReasonSubmodule)
	case EntryLFS:
		return towpath.Why(towpath.ReasonInLFS)
	default:
		return towpath.Reason{}
	}
}

// Change is a path that differs between two commits.
type Change struct {
	Path    string
	Removed bool
}

// Brought is a change with the commit that brought it.
type Brought struct {
	Change
	Kind   EntryKind // EntryFile for one in Git LFS too, which its text shows
	Commit string
	// earlier commits that changed the path too; none of a history that is too large to compare
	Earlier []string
}

// Between is the difference between two commits.
type Between struct {
	Base    string   // of Since: the commit that the differences are to; "" when unknown
	Commits []Commit // those that brought changes, newest first
	Changes []Brought
}

// Hook is a webhook of a repository, for pushes.
type Hook struct {
	ID           string
	URL          string
	Secret       string // set when written, never read back
	Active       bool
	PullRequests bool // for events of pull requests too
}

// Write is the content of a new commit.
type Write struct {
	Branch  string
	From    string            // the branch that a new Branch begins at; "" for a Branch that exists
	Parent  string            // the expected head, which becomes the parent
	Files   map[string][]byte // whole contents by path
	Remove  []string          // paths of files that the commit removes
	Message string
}

// StatusState is the state of a build status.
type StatusState string

const (
	StatusInProgress StatusState = "in-progress"
	StatusSuccessful StatusState = "successful"
	StatusFailed     StatusState = "failed"
	StatusStopped    StatusState = "stopped"
)

// Status is a build status on a commit.
type Status struct {
	Key         string // at most 40 characters
	State       StatusState
	Name        string
	Description string
	URL         string
	Branch      string
}

// Event is a webhook request with a valid signature.
type Event struct {
	RequestID    string // the same for retries of one delivery
	Name         string // the provider's name of it
	RepositoryID string
	Repository   string // full name
	URL          string // of the repository's page; "" when the event has none
	Refs         []RefChange
	// that it is about; nil for none
	PullRequest *PullRequest `json:",omitempty"`
	// that was added to the pull request; nil for none
	Comment *Comment `json:",omitempty"`
}

// RefChange is a ref that a push moved.
type RefChange struct {
	Branch string // "" for a tag
	Tag    string
	Old    string // "" when the ref is new, or deleted without its last hash
	New    string // "" when it was deleted
}

// Usage is the state of a grant's budget.
type Usage struct {
	Used         int       // calls in the last hour
	Limit        int       // 0: the provider has none
	BackoffUntil time.Time // zero unless the provider has asked us to wait
}

// Description lists what a provider type needs, in the words of the provider's own pages.
type Description struct {
	Type          towpath.ProviderType
	Name          string // "Bitbucket.org"
	InstanceURL   string // "" when the person enters it
	AddressLabel  string // the label of the address, if each instance has its own: "Gitea URL"; otherwise ""
	AppLabel      string // "OAuth consumer"
	IDLabel       string // the provider's word for the application ID: "Key"
	SecretLabel   string // "Secret"
	AdminNotice   string // who can do the setup there
	Steps         []string
	Permissions   []Permission
	CallbackLabel string // "Callback URL"
	Reports       bool   // whether its clients are Reporters
	Rungs         []Rung // what more permissions give, each beyond the one before
	NoRungs       string // why there is none, in a sentence; "" where there are
}

// Permission is a box to check in the consumer form.
type Permission struct {
	Group string // "Account"
	Label string // "Read"
	Scope string
	Why   string
}
