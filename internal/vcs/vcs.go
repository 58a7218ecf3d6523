// Package vcs is the seam to Git providers. Its drivers live in folders below; vcstest holds the
// suite that each must pass. It knows no provider by name and keeps nothing: tokens and budgets
// belong to whoever makes a Client.
package vcs

import (
	"context"
	"io"
	"net/http"
	"time"

	"towpath"
)

// App is the OAuth consumer through which we act.
type App struct {
	ApplicationID string
	Secret        string
}

// Driver is one type of Git provider. It is safe for concurrent use.
type Driver interface {
	// Describe tells what people need to know to set a provider up; the console renders it as it
	// is.
	Describe() Description

	// Open returns the provider at an instance; nothing is sent yet. It fails on an address that
	// the type cannot have.
	Open(Instance) (Provider, error)
}

// Instance is where a provider is.
type Instance struct {
	URL string // without a trailing slash; where people sign in
}

// Provider is one instance of a Git provider. It is safe for concurrent use.
type Provider interface {
	// AuthorizeURL is the page on which a person signs in and consents.
	AuthorizeURL(app App, state, redirectURL string) string

	// Probe checks key and secret without anybody's login. nil: they are good. An *Error with
	// Reason ReasonCredentials: they are not; ReasonSwapped: they are good the other way round;
	// ReasonNoCallback: the consumer is not complete. Any other error: it could not be checked.
	Probe(ctx context.Context, app App) error

	// Exchange turns the code of a redirect into tokens. A code works once.
	Exchange(ctx context.Context, app App, code, redirectURL string) (Token, error)

	// Refresh gets a new pair. The old refresh token may be dead afterwards, so the new pair must
	// be stored before use. An *Error with Kind Unauthorized means that the person must authorize
	// again.
	Refresh(ctx context.Context, app App, refreshToken string) (Token, error)

	// Missing names the permissions, as the consumer form calls them, that are needed and not among
	// the granted scopes.
	Missing(scopes []string) []string

	// Client acts as the person whose tokens ts hands out, within one budget.
	Client(ts TokenSource) Client

	// ParseWebhook checks the signature over the raw body first (an *Error with Kind Unauthorized
	// when it is missing or wrong; nothing else of the request is looked at then) and reads the
	// event. Unknown events are events without refs.
	ParseWebhook(header http.Header, body []byte, secret string) (Event, error)
}

// TokenSource hands out access tokens of one grant.
type TokenSource interface {
	// Token returns an access token that is not stale; stale is one that the provider has just
	// refused, or "".
	Token(ctx context.Context, stale string) (string, error)
}

// Client acts for one grant. It is safe for concurrent use. Errors of its calls are *Error.
type Client interface {
	// Account is the person behind the grant.
	Account(ctx context.Context) (Account, error)

	// Repositories calls yield for every repository that the person administers, over all
	// workspaces and pages, until yield returns false. A workspace that refuses does not hide the
	// others: it is skipped and told. The error is for what ends the listing (no answer, rate
	// limit) and for when every workspace refused.
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
	// when the branch has moved.
	Write(ctx context.Context, id string, w Write) (hash string, err error)

	// Usage tells how much of the grant's budget is spent.
	Usage() Usage
}

// Source reads a repository at commits. Branch names may hold slashes; paths are slash-separated
// from the root.
type Source interface {
	// Branches lists all branches with their heads, sorted by name.
	Branches(ctx context.Context) ([]Branch, error)

	// Heads reads the branches' heads by the cheapest way there is (the Git protocol), for polling.
	// That way may lead to a repository which took the name of this one: heads that do not fit are
	// a reason to Relocate.
	Heads(ctx context.Context) (Heads, error)

	// Relocate looks up by the stable id where the repository is now, unless that was done just
	// before. moved tells that Heads has looked elsewhere so far.
	Relocate(ctx context.Context) (moved bool, err error)

	// Commit reads a commit by its hash. Kind NotFound when there is none (yet).
	Commit(ctx context.Context, hash string) (Commit, error)

	// Tree lists every file below dir ("" is the root), in no particular order.
	Tree(ctx context.Context, commit, dir string) ([]Entry, error)

	// Stat tells what a path is without opening it. Kind NotFound when it is not there or is a
	// directory.
	Stat(ctx context.Context, commit, path string) (Entry, error)

	// File opens a file's bytes. The caller closes it and bounds what it reads.
	File(ctx context.Context, commit, path string) (io.ReadCloser, error)

	// Between tells what differs between two commits and which commit on the way brought it,
	// without spending what other calls need. Any error: it cannot be told that way; ask Changes.
	Between(ctx context.Context, from, to string) (Between, error)

	// Changes lists what differs between two commits, renames as a removal and an addition.
	// Kind NotFound when either is gone: list the tree then.
	Changes(ctx context.Context, from, to string) ([]Change, error)
}

// Hooks manages a repository's webhooks.
type Hooks interface {
	// Ensure makes the hook, or rewrites or replaces it where one with h.ID or h.URL exists already
	// (duplicates by URL are removed). It returns the provider's id of the hook, also beside an
	// error that came after the hook was made.
	Ensure(ctx context.Context, h Hook) (id string, err error)
	// List calls yield for every hook of the repository, those of others too, until yield returns
	// false.
	List(ctx context.Context, yield func(Hook) bool) error
	// Get reads a hook. Kind NotFound when it is gone.
	Get(ctx context.Context, id string) (Hook, error)
	// Delete removes a hook; one that is gone already is no error.
	Delete(ctx context.Context, id string) error
}

// Token is a pair of OAuth tokens. Both may be thousands of characters long.
type Token struct {
	AccessToken string
	// "" when the provider sent none: keep the old one; a refresh may also give the old one again
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

// Heads are the heads of a repository's branches, and what it is called now.
type Heads struct {
	Name     string // full name, workspace/slug
	URL      string // its page
	Branches map[string]string
}

// Commit is what people want to know of a commit.
type Commit struct {
	Hash    string // 40 hex digits
	Message string // without line ends at its end
	Author  string
	Time    time.Time
	URL     string

	// full name of the repository that the provider's stable id leads to; "" where it does not say
	Repository string
}

// EntryKind tells files from what only looks like them.
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

// Unfit is why an entry holds no text of its own; zero for a file.
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
	Kind   EntryKind // EntryFile for one in Git LFS too, whose text tells
	Commit string
}

// Between is what lies between two commits.
type Between struct {
	Commits []Commit // those that brought changes, newest first
	Changes []Brought
}

// Hook is a webhook of a repository, for pushes.
type Hook struct {
	ID     string
	URL    string
	Secret string // set when written, never read back
	Active bool
}

// Write is a commit to make.
type Write struct {
	Branch  string
	Parent  string            // the head that it goes on top of
	Files   map[string][]byte // whole contents by path
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

// Event is a webhook request whose signature was good.
type Event struct {
	RequestID    string // the same for retries of one delivery
	Name         string // the provider's word for it
	RepositoryID string
	Repository   string // full name
	URL          string // of the repository's page; "" where the event does not say
	Refs         []RefChange
}

// RefChange is a ref that a push moved.
type RefChange struct {
	Branch string // "" for a tag
	Tag    string
	Old    string // "" when the ref is new, or deleted and the provider does not say where it was
	New    string // "" when it was deleted
}

// Usage is the state of a grant's budget.
type Usage struct {
	Used         int       // calls in the last hour
	Limit        int       // 0: the provider has none
	BackoffUntil time.Time // zero unless the provider has told us to wait
}

// Description tells what a provider type needs, in the words of its own pages.
type Description struct {
	Type          towpath.ProviderType
	Name          string // "Bitbucket.org"
	InstanceURL   string // "" where the person enters it
	AddressLabel  string // what to enter where each instance has an address of its own: "Gitea URL"; else ""
	AppLabel      string // "OAuth consumer"
	IDLabel       string // the provider's word for the application ID: "Key"
	SecretLabel   string // "Secret"
	AdminNotice   string // who can do the setup there
	Steps         []string
	Permissions   []Permission
	CallbackLabel string // "Callback URL"
}

// Permission is a box to tick in the consumer form.
type Permission struct {
	Group string // "Account"
	Label string // "Read"
	Scope string
	Why   string
}
