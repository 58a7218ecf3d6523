package link

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"towpath"
	"towpath/internal/account"
	"towpath/internal/store"
	"towpath/internal/vcs"
)

// detach returns a short context for cleanup that survives the end of a request.
func detach(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
}

// createHook creates or updates a link's hook at the provider and sets it in link. Unless the
// caller's transaction claims it with claimHook, a job removes it.
func (s *Service) createHook(
	ctx context.Context, client vcs.Client, link *towpath.RepositoryLink, hookSecret string,
) error {
	if err := s.scheduleHookCleanup(ctx, *link); err != nil {
		return err
	}
	address := s.hookURL(link.HookKey)
	hears, err := s.Accounts.HearsPullRequests(ctx, link.GrantID)
	if err != nil {
		return err
	}
	id, err := client.Hooks(link.RepositoryID).Ensure(ctx, vcs.Hook{
		ID:           link.HookID,
		URL:          address,
		Secret:       hookSecret,
		Active:       true,
		PullRequests: hears,
	})
	if err != nil {
		s.discardHook(ctx, *link, id != "" || !refusedHook(err))
	}
	var e *vcs.Error
	if errors.As(err, &e) && e.Reason == vcs.ReasonUnreachable {
		return towpath.Invalid("polling",
			"The provider cannot reach %s. Choose polling, or give the server an external URL "+
				"that the Internet reaches.", s.ExternalURL)
	}
	if err != nil {
		return account.Explain(err, "make webhook")
	}
	link.HookID = id
	link.HookURL = address
	link.HookState = towpath.HookActive
	link.HookReason = towpath.Reason{}
	return nil
}

// HookSecret decrypts the secret that signs a link's deliveries.
func (s *Service) HookSecret(link towpath.RepositoryLink) (string, error) {
	plain, err := s.Keyring.Decrypt(link.EncryptedHookSecret, hookRow(link.ID))
	if err != nil {
		return "", fmt.Errorf("open webhook secret: %w", err)
	}
	return string(plain), nil
}

// switchHook switches a link between a hook and polling.
func (s *Service) switchHook(ctx context.Context, link *towpath.RepositoryLink, polling bool) error {
	client, err := s.Accounts.Client(ctx, link.GrantID)
	if err != nil {
		return err
	}
	if !polling {
		hookSecret, err := s.HookSecret(*link)
		if err != nil {
			return err
		}
		return s.createHook(ctx, client, link, hookSecret)
	}
	if link.HookURL != "" {
		if err := removeHooks(ctx, client.Hooks(link.RepositoryID), link.HookKey, ""); err != nil {
			return account.Explain(err, "remove webhook")
		}
	}
	link.HookID, link.HookState = "", towpath.HookPolling
	link.HookReason = towpath.Why(towpath.ReasonPollingChosen, "every", s.pollInterval().String())
	return nil
}

// RepairHook creates a link's missing webhook again.
func (s *Service) RepairHook(
	ctx context.Context, actor towpath.Actor, linkID string,
) (towpath.RepositoryLink, error) {
	polling := false
	return s.UpdateLink(ctx, actor, linkID, Change{Polling: &polling})
}

// CheckHook compares a link's hook with the provider's. It is a job's handler. After a change of
// the external URL it updates the hook's address. It does not recreate a hook that somebody
// deleted, but sets the link's HookState and HookReason.
func (s *Service) CheckHook(ctx context.Context, linkID string) (requeueAt *time.Time, err error) {
	link, err := store.Get(ctx, s.Store, (*store.Tx).Link, linkID)
	if towpath.ErrorCode(err) == towpath.CodeNotFound ||
		(err == nil && (link.HookState == towpath.HookPolling || !link.AttentionReason.IsZero())) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	client, err := s.Accounts.Client(ctx, link.GrantID)
	if err != nil {
		return nil, err
	}
	if link.HookURL != s.hookURL(link.HookKey) {
		return s.renewHook(ctx, client, link)
	}
	hook, err := client.Hooks(link.RepositoryID).Get(ctx, link.HookID)
	missing := vcs.KindOf(err) == vcs.NotFound
	if missing {
		if requeueAt, ok := s.refusals.Confirmed("hook of "+link.ID, s.Store.Now()); !ok {
			return &requeueAt, nil
		}
	}
	s.refusals.Accepted("hook of " + link.ID)
	if err == nil && hook.Active && !hook.PullRequests {
		if hears, err := s.Accounts.HearsPullRequests(ctx, link.GrantID); err == nil && hears {
			return s.renewHook(ctx, client, link)
		}
	}
	switch {
	case missing:
		link.HookState = towpath.HookMissing
		link.HookReason = towpath.Why(towpath.ReasonHookGone, "every", s.pollInterval().String())
	case err != nil:
		return vcs.RetryAt(err), err
	case !hook.Active:
		link.HookState = towpath.HookMissing
		link.HookReason = towpath.Why(towpath.ReasonHookOff)
	case link.UntoldAt != nil && s.Store.Now().Sub(*link.UntoldAt) < towpath.DeliveryGrace:
		requeueAt := link.UntoldAt.Add(towpath.DeliveryGrace)
		return &requeueAt, nil // the delivery may still arrive
	case link.UntoldAt != nil:
		link.HookState = towpath.HookMissing
		link.HookReason = towpath.Why(towpath.ReasonHookSilent, "url", link.HookURL)
	default:
		return nil, nil
	}
	return nil, s.saveHook(ctx, link)
}

// renewHook brings a hook to the server's address and the events that its grant may hear of.
func (s *Service) renewHook(
	ctx context.Context, client vcs.Client, link towpath.RepositoryLink,
) (requeueAt *time.Time, err error) {
	hookSecret, err := s.HookSecret(link)
	if err != nil {
		return nil, err
	}
	if err := s.createHook(ctx, client, &link, hookSecret); err != nil {
		return vcs.RetryAt(err), err
	}
	return nil, s.saveHook(ctx, link)
}

func (s *Service) saveHook(ctx context.Context, link towpath.RepositoryLink) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		now, err := tx.Link(ctx, link.ID)
		if err != nil {
			return err
		}
		if link.HookState == towpath.HookActive {
			if err := claimHook(ctx, tx, link); err != nil {
				return err
			}
		}
		now.HookID = link.HookID
		now.HookURL = link.HookURL
		now.HookState = link.HookState
		now.HookReason = link.HookReason
		return tx.UpdateLink(ctx, &now)
	})
}

// isPrivateURL reports whether only machines near the server can reach the address.
func isPrivateURL(raw string) bool {
	u, err := url.Parse(raw)
	if err != nil {
		return true
	}
	return privateHost(u.Hostname())
}

// privateHost reports whether a host name or address looks like one that the Internet cannot reach.
func privateHost(host string) bool {
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.IsLoopback() || addr.IsPrivate() || addr.IsLinkLocalUnicast() || addr.IsUnspecified()
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if host == "localhost" || !strings.Contains(host, ".") {
		return true
	}
	for _, suffix := range []string{
		".localhost", ".local", ".internal", ".lan", ".home.arpa", ".intranet",
		".corp",
	} {
		if strings.HasSuffix(host, suffix) {
			return true
		}
	}
	return false
}
