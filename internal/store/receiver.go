package store

import (
	"context"
	"time"

	"towpath"
)

var receivers = newTable("receiver", 1, func(v *towpath.Receiver) []column {
	return []column{
		{"id", &v.ID},
		{"name", &v.Name},
		{"kind", (*string)(&v.Kind)},
		{"host", &v.Host},
		{"encrypted_url", maybeBlob{&v.EncryptedURL}},
		{"encrypted_secret", maybeBlob{&v.EncryptedSecret}},
		{"addresses", jsonText{&v.Addresses}},
		{"project_id", &v.ProjectID},
		{"environment_id", &v.EnvironmentID},
		{"events", jsonText{&v.Events}},
		{"created_at", instant{&v.CreatedAt}},
	}
})

var occasions = newTable("occasion", 4, func(o *towpath.Occasion) []column {
	return []column{
		{"link_id", &o.LinkID},
		{"environment_id", &o.EnvironmentID},
		{"event", (*string)(&o.Event)},
		{"key", &o.Key},
		{"rollout_id", &o.RolloutID},
		{"since", instant{&o.Since}},
	}
})

var notifications = newTable("notification", 1, func(n *towpath.Notification) []column {
	return []column{
		{"id", &n.ID},
		{"receiver_id", &n.ReceiverID},
		{"project_id", &n.ProjectID},
		{"facts", jsonText{&n.Facts}},
		{"state", (*string)(&n.State)},
		{"attempts", &n.Attempts},
		{"reason", reason{&n.Reason}},
		{"created_at", instant{&n.CreatedAt}},
		{"tried_at", maybe{&n.TriedAt}},
	}
})

func receiverEvent(kind towpath.EventKind, id string) towpath.Event {
	return towpath.Event{Kind: kind, SubjectID: id}
}

// CreateReceiver adds a receiver and sets its ID and CreatedAt. CodeConflict when the name is taken.
func (tx *Tx) CreateReceiver(ctx context.Context, v *towpath.Receiver) error {
	v.ID, v.CreatedAt = NewID(), tx.Now
	err := tx.emitAfter(receivers.insert(ctx, tx, *v), receiverEvent(towpath.EventReceiverCreated, v.ID))
	return receiverTaken(err, v.Name)
}

// UpdateReceiver writes one that was read in the same transaction. CodeConflict when the name is taken.
func (tx *Tx) UpdateReceiver(ctx context.Context, v towpath.Receiver) error {
	err := tx.emitAfter(receivers.update(ctx, tx, v), receiverEvent(towpath.EventReceiverChanged, v.ID))
	return receiverTaken(err, v.Name)
}

func receiverTaken(err error, name string) error {
	return taken(err, "name", "There is a receiver %s already. Choose another name.", name)
}

// DeleteReceiver removes a receiver with what was sent there.
func (tx *Tx) DeleteReceiver(ctx context.Context, id string) error {
	if err := notifications.delete(ctx, tx, "receiver_id = $1", id); err != nil {
		return err
	}
	return tx.emitAfter(receivers.delete(ctx, tx, "id = $1", id),
		receiverEvent(towpath.EventReceiverDeleted, id))
}

// Receiver reads one; CodeNotFound when it was removed.
func (tx *Tx) Receiver(ctx context.Context, id string) (towpath.Receiver, error) {
	return receivers.get(ctx, tx, "id = $1", id)
}

// Receivers lists all by name.
func (tx *Tx) Receivers(ctx context.Context) ([]towpath.Receiver, error) {
	return receivers.list(ctx, tx, "ORDER BY name, id")
}

// WantNotify asks for a look at what receivers are to be told about a rollout or a link, at the given
// time. It does nothing when there is no receiver.
func (tx *Tx) WantNotify(ctx context.Context, kind towpath.JobKind, subject string, due time.Time) error {
	some, err := receivers.list(ctx, tx, "LIMIT 1")
	if err != nil || len(some) == 0 {
		return err
	}
	if !due.After(tx.Now) {
		return tx.Enqueue(ctx, kind, subject)
	}
	return tx.EnqueueAt(ctx, kind, subject, due)
}

// Occasions lists the states of a link that receivers were told of, and that have not ended, by
// environment; "" is the link's own. It lists what is final of the given rollout alone.
func (tx *Tx) Occasions(
	ctx context.Context, linkID, rolloutID string,
) (map[string][]towpath.Occasion, error) {
	found := map[string][]towpath.Occasion{}
	where := "WHERE link_id = $1 AND (rollout_id = $2 OR event NOT IN ($3, $4)) ORDER BY event, key"
	args := []any{linkID, rolloutID, string(towpath.NotifyDone), string(towpath.NotifyUndone)}
	return found, occasions.each(ctx, tx, where, args, func(o towpath.Occasion) error {
		found[o.EnvironmentID] = append(found[o.EnvironmentID], o)
		return nil
	})
}

// PutOccasions keeps states that receivers were told of. Since stays that of a state that is known.
func (tx *Tx) PutOccasions(ctx context.Context, list ...towpath.Occasion) error {
	return occasions.upsert(ctx, tx, list...)
}

// DeleteOccasion forgets a state that has ended, so that receivers are told when it begins again.
func (tx *Tx) DeleteOccasion(ctx context.Context, o towpath.Occasion) error {
	return occasions.delete(ctx, tx, "link_id = $1 AND environment_id = $2 AND event = $3 AND key = $4",
		o.LinkID, o.EnvironmentID, string(o.Event), o.Key)
}

// CreateNotification adds a message to a receiver, with its ID and CreatedAt, and the job that sends it.
func (tx *Tx) CreateNotification(ctx context.Context, n *towpath.Notification) error {
	n.ID, n.CreatedAt, n.State = NewID(), tx.Now, towpath.RequestPending
	if err := tx.emitAfter(notifications.insert(ctx, tx, *n),
		receiverEvent(towpath.EventReceiverChanged, n.ReceiverID)); err != nil {
		return err
	}
	return tx.Enqueue(ctx, towpath.JobSendNotification, n.ID)
}

// CreateTest adds a test that the caller sends itself, with its ID and CreatedAt. It counts as failed
// until the caller says otherwise.
func (tx *Tx) CreateTest(ctx context.Context, n *towpath.Notification) error {
	n.ID, n.CreatedAt, n.State = NewID(), tx.Now, towpath.RequestFailed
	return tx.emitAfter(notifications.insert(ctx, tx, *n),
		receiverEvent(towpath.EventReceiverChanged, n.ReceiverID))
}

// UpdateNotification writes one that was read in the same transaction.
func (tx *Tx) UpdateNotification(ctx context.Context, n towpath.Notification) error {
	return tx.emitAfter(notifications.update(ctx, tx, n),
		receiverEvent(towpath.EventReceiverChanged, n.ReceiverID))
}

// Notification reads one; CodeNotFound when it or its receiver was removed.
func (tx *Tx) Notification(ctx context.Context, id string) (towpath.Notification, error) {
	return notifications.get(ctx, tx, "id = $1", id)
}

// Notifications lists the messages to a receiver.
func (tx *Tx) Notifications(ctx context.Context, receiverID string, p Page) ([]towpath.Notification, error) {
	var where filter
	where.ifSet("receiver_id", receiverID)
	return notifications.page(ctx, tx, p, where)
}

// notificationsKept is how long messages that were sent or given up stay.
const notificationsKept = 30 * 24 * time.Hour

// pruneNotifications removes old messages, and occasions of rollouts that are gone.
func (tx *Tx) pruneNotifications(ctx context.Context) (int, error) {
	old, err := tx.strings(ctx, "SELECT id FROM notification WHERE created_at < $1 AND state <> $2 "+
		"ORDER BY created_at LIMIT $3", tx.Now.Add(-notificationsKept).UnixMicro(),
		string(towpath.RequestPending), pruneBatch)
	if err != nil {
		return 0, notifications.wrap("find old", err)
	}
	for _, id := range old {
		if err := notifications.delete(ctx, tx, "id = $1", id); err != nil {
			return 0, err
		}
	}
	return len(old), occasions.delete(ctx, tx,
		"rollout_id <> '' AND rollout_id NOT IN (SELECT id FROM rollout)")
}
