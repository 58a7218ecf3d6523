// Package gitops joins Git with the databases' desired state: it connects providers, links repositories, receives webhooks,
// reconciles a link's files with the ledgers into a rollout, and tells the result on the commit.
// It changes no target database.
package gitops

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"time"

	"towpath"
	"towpath/internal/secret"
	"towpath/internal/statement"
	"towpath/internal/store"
	"towpath/internal/vcs"
)

// Service is the whole of package gitops. Its fields are set before first use and not changed afterwards.
type Service struct {
	Store       *store.Store
	Keeper      *secret.Keeper
	Drivers     map[towpath.ProviderType]vcs.Driver
	ExternalURL string // where people and providers reach this server, without a trailing slash
	Logger      *slog.Logger

	// RefreshLedgers reads the ledgers of a project's databases into the metadata.
	RefreshLedgers func(ctx context.Context, projectID string) error

	// Refusal says why a text must not run in a kind of database, zero when it may; roles is the same where migrations may not
	// change roles. Rules names the program that says so. Nil leaves it to the run.
	Refusal func(kind towpath.EngineType, text io.Reader) (refusal, roles towpath.Reason, err error)
	Rules   string

	// Marks reads what a text does to what a catalogue shows by name, and Shown what a database's catalogue has. Nil leaves
	// baselines unproven.
	Marks func(kind towpath.EngineType, text io.Reader) ([]statement.Mark, error)
	Shown func(ctx context.Context, databaseID string) (map[string]bool, error)

	Polling      bool          // never make hooks
	PollInterval time.Duration // how often a branch's head is read when no delivery tells; 0 is 30 s
	MaxFileSize  int64         // of a migration, in bytes; 0 is 100 MiB

	grants   grantCache
	trees    treeCache
	heads    headCache
	refusals refusals
}

func (s *Service) driver(t towpath.ProviderType) (vcs.Driver, error) {
	d, ok := s.Drivers[t]
	if !ok {
		return nil, towpath.Invalid("type", "There is no Git provider type %q on this server.", t)
	}
	return d, nil
}

func (s *Service) provider(t towpath.ProviderType, instanceURL string) (vcs.Provider, error) {
	d, err := s.driver(t)
	if err != nil {
		return nil, err
	}
	return d.Open(vcs.Instance{URL: instanceURL})
}

func (s *Service) callbackURL() string { return s.ExternalURL + "/oauth/callback" }

func (s *Service) hookURL(key string) string { return s.ExternalURL + "/hooks/" + key }

func (s *Service) maxFileSize() int64 {
	if s.MaxFileSize > 0 {
		return s.MaxFileSize
	}
	return 100 << 20
}

// userError turns a provider's error into words for people; others pass unchanged.
func userError(err error, doing string) error {
	var e *vcs.Error
	if !errors.As(err, &e) {
		return err
	}
	code, text := towpath.CodeUnavailable, ""
	switch e.Kind {
	case vcs.Unauthorized:
		code, text = towpath.CodeConflict, "The provider no longer accepts our access. Connect your account again."
	case vcs.Forbidden:
		code, text = towpath.CodeConflict, "The provider refuses it."
		if len(e.Needs) > 0 {
			text = "The permission " + strings.Join(e.Needs, ", ") + " is missing. Tick it at the OAuth consumer, then connect your account again."
		}
	case vcs.NotFound:
		code, text = towpath.CodeNotFound, "The provider says that it is not there, or that your account may not see it."
	case vcs.RateLimited:
		text = "The provider's rate limit is used up."
		if !e.RetryAt.IsZero() {
			text += " It can go on at " + e.RetryAt.UTC().Format("15:04 MST") + "."
		}
	case vcs.Gone:
		text = "The provider has removed the part of its API that this needs. Look for a newer version of Towpath."
	case vcs.Conflict, vcs.Rejected:
		code, text = towpath.CodeConflict, "The provider refuses it."
	default:
		text = "The provider does not answer as it should. Try again in a minute."
	}
	if e.Message != "" && e.Kind != vcs.Unavailable {
		text += " It says: " + e.Message
	}
	return fmt.Errorf("%s: %w", doing, errors.Join(&towpath.Error{Code: code, Message: text}, err))
}

// isPrivateURL reports whether only machines near the server can reach the address.
func isPrivateURL(raw string) bool {
	u, err := url.Parse(raw)
	if err != nil {
		return true
	}
	return privateHost(u.Hostname())
}

// keyedMutex is one lock per key, for keys that are few.
type keyedMutex struct {
	mu    sync.Mutex
	locks map[string]*sync.Mutex
}

func (k *keyedMutex) lock(key string) (unlock func()) {
	k.mu.Lock()
	if k.locks == nil {
		k.locks = map[string]*sync.Mutex{}
	}
	m := k.locks[key]
	if m == nil {
		m = &sync.Mutex{}
		k.locks[key] = m
	}
	k.mu.Unlock()
	m.Lock()
	return m.Unlock
}
