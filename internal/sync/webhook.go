package sync

import (
	"context"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"

	"towpath"
	"towpath/internal/secret"
	"towpath/internal/store"
	"towpath/internal/vcs"
)

// ReceiveWebhook handles a webhook request. If the signature is valid, it stores the delivery, and
// schedules a reconcile when the event may concern the link's branch. Otherwise it stores nothing.
// CodeNotFound when there is no such hook, CodeUnauthorized when the signature is missing or wrong.
func (s *Service) ReceiveWebhook(ctx context.Context, hookKey string, header http.Header, body []byte) error {
	var link towpath.RepositoryLink
	var p towpath.GitProvider
	err := s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		if link, err = tx.LinkByHook(ctx, hookKey); err != nil {
			return err
		}
		p, err = tx.GitProvider(ctx, link.ProviderID)
		return err
	})
	if err != nil {
		return err
	}
	provider, err := s.Accounts.Open(p)
	if err != nil {
		return err
	}
	hookSecret, err := s.HookSecret(link)
	if err != nil {
		return err
	}
	event, err := provider.ParseWebhook(header, body, hookSecret)
	if vcs.KindOf(err) == vcs.Unauthorized {
		return towpath.Errorf(towpath.CodeUnauthorized, "The signature is missing or wrong.")
	}
	if err != nil {
		return towpath.Invalid("body", "The signature is valid, but this is not an event of %s.",
			p.DisplayName)
	}
	d := towpath.Delivery{LinkID: link.ID, RequestID: event.RequestID, Event: event.Name, Payload: body}
	if d.RequestID == "" {
		d.RequestID = "sha256:" + string(hex.EncodeToString(secret.HashToken(string(body))))
	}
	d.Verdict, d.Reason = classifyEvent(link, event)
	var now found
	if event.RepositoryID == link.RepositoryID && event.URL != "" {
		now = found{name: event.Repository, url: event.URL}
	}
	return s.intake.keep(ctx, s.Store, func(ctx context.Context, tx *store.Tx, woken wakings) error {
		return storeDelivery(ctx, tx, d, now, event, woken)
	})
}

// classifyEvent decides whether an event may concern a link's branch, or the review of another one,
// and why not.
func classifyEvent(link towpath.RepositoryLink, e vcs.Event) (towpath.DeliveryVerdict, towpath.Reason) {
	if e.RepositoryID != "" && e.RepositoryID != link.RepositoryID {
		return towpath.DeliveryIgnored, towpath.Why(towpath.ReasonOtherRepository, "repository",
			towpath.ClipRunes(e.Repository, 200))
	}
	if e.PullRequest != nil && !e.PullRequest.Foreign {
		return towpath.DeliveryAccepted, towpath.Reason{}
	}
	if len(e.Refs) == 0 {
		return towpath.DeliveryIgnored, towpath.Why(towpath.ReasonMovesNoBranch)
	}
	var others []string
	for _, r := range e.Refs {
		if r.Branch != "" {
			return towpath.DeliveryAccepted, towpath.Reason{}
		}
		others = append(others, "refs/tags/"+r.Tag)
	}
	slices.Sort(others)
	return towpath.DeliveryIgnored, towpath.Why(towpath.ReasonOtherBranch,
		"refs", towpath.ClipRunes(strings.Join(others, ", "), 200), "branch", link.Branch)
}

// waking is what a delivery means for its link.
type waking struct {
	verdict   towpath.DeliveryVerdict
	name, url string // under which the repository was found; "" when the delivery does not say
	branches  string
}

// wakingOf returns what a delivery means for its link; ok is false when only the event itself says so.
func wakingOf(d towpath.Delivery, named found, e vcs.Event) (w waking, ok bool) {
	var branches []string
	for _, ref := range e.Refs {
		branches = append(branches, ref.Branch)
	}
	return waking{d.Verdict, named.name, named.url, strings.Join(branches, "\x00")}, e.PullRequest == nil
}

// storeDelivery stores a delivery and wakes its link, unless the delivery before has. It also updates
// the repository's name, so that the reconcile uses the current one.
func storeDelivery(
	ctx context.Context, tx *store.Tx, d towpath.Delivery, named found, e vcs.Event, woken wakings,
) error {
	if _, err := tx.ReceiveDelivery(ctx, &d); err != nil {
		return err
	}
	means, known := wakingOf(d, named, e)
	if before, ok := woken[d.LinkID]; ok && known && before == means {
		return nil
	}
	delete(woken, d.LinkID)
	if known {
		woken[d.LinkID] = means
	}
	link, err := tx.Link(ctx, d.LinkID)
	if err != nil {
		return err
	}
	link.LastDeliveryAt, link.UntoldAt = &tx.Now, nil
	if link.HookState == towpath.HookMissing {
		link.HookState, link.HookReason = towpath.HookActive, towpath.Reason{}
	}
	if err := named.follow(ctx, tx, &link); err != nil {
		return err
	}
	if err := tx.UpdateLink(ctx, &link); err != nil {
		return err
	}
	if d.Verdict != towpath.DeliveryAccepted {
		return nil
	}
	if e.PullRequest != nil {
		return hearPullRequest(ctx, tx, link, e)
	}
	if err := makeRoom(ctx, tx, link.ID, otherBranches(link, e)); err != nil {
		return err
	}
	return tx.Enqueue(ctx, towpath.JobReconcile, link.ID)
}

// Replay wakes the link of a delivery again.
func (s *Service) Replay(ctx context.Context, actor towpath.Actor, linkID, deliveryID string) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.Delivery(ctx, linkID, deliveryID); err != nil {
			return err
		}
		return readNow(ctx, tx, actor, towpath.ActDeliveryReplay, linkID, deliveryID)
	})
}

// readNow asks for a reconcile of a link and a look at its pull requests, and emits the audit event
// of the person who asked.
func readNow(
	ctx context.Context, tx *store.Tx, actor towpath.Actor, act towpath.EventKind, linkID, subjectID string,
) error {
	link, err := tx.Link(ctx, linkID)
	if err != nil {
		return err
	}
	tx.Emit(actor.Did(act, subjectID, link.ProjectID, "repository", link.RepositoryName,
		"branch", link.Branch))
	if err := tx.Enqueue(ctx, towpath.JobPullRequests, linkID); err != nil {
		return err
	}
	if err := wakeApprovals(ctx, tx, linkID); err != nil {
		return err
	}
	return tx.Enqueue(ctx, towpath.JobReconcile, linkID)
}

// Sync schedules a reconcile of a link now, which also reads the ledgers.
func (s *Service) Sync(ctx context.Context, actor towpath.Actor, linkID string) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		link, err := tx.Link(ctx, linkID)
		if err != nil {
			return err
		}
		if err := tx.StaleLedgers(ctx, link.ProjectID); err != nil {
			return err
		}
		return readNow(ctx, tx, actor, towpath.ActLinkSync, linkID, linkID)
	})
}
