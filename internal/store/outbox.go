package store

import (
	"context"
	"reflect"
	"slices"

	"towpath"
)

// eventRow is an Event, and whether it belongs to the audit log, which is kept for good.
type eventRow struct {
	Audit bool
	towpath.Event
}

var events = newTable("event", 1, func(e *eventRow) []column {
	return []column{
		{"id", &e.ID},
		{"at", instant{&e.At}},
		{"kind", (*string)(&e.Kind)},
		{"audit", &e.Audit},
		{"actor_id", &e.ActorID},
		{"member_id", &e.MemberID},
		{"project_id", &e.ProjectID},
		{"link_id", &e.LinkID},
		{"rollout_id", &e.RolloutID},
		{"task_id", &e.TaskID},
		{"database_id", &e.DatabaseID},
		{"subject_id", &e.SubjectID},
		{"from_state", &e.From},
		{"to_state", &e.To},
		{"times", &e.Count},
		{"params", jsonText{&e.Params}},
		{"causes", jsonText{&e.Causes}},
		{"changes", jsonText{&e.Changes}},
		{"via", (*string)(&e.Origin.Via)},
		{"credential_id", &e.Origin.CredentialID},
		{"address", &e.Origin.Address},
		{"number", &e.Number},
		{"previous", &e.Previous},
		{"hash", &e.Hash},
	}
})

// outbox collects the events of a transaction until it commits, and what they need to know.
type outbox struct {
	events []towpath.Event
	places map[towpath.EventKind][]int // indexes of events that further changes may be added to
	states map[string]string           // of tasks that were read or written, by id

	projects map[string]string // project ids by link id
}

// Emit stores an event when this transaction commits, and sets its ID, At and Count. Changes of
// state that differ only in their task or subject become one event that counts them, so that a
// batch of any size is a few rows.
func (tx *Tx) Emit(e towpath.Event) {
	if tx.outbox == nil {
		return // a read changes nothing
	}
	e.ID = NewID()
	e.At = tx.Now
	e.Count = 1
	if e.Kind.Act() || e.Params != nil {
		tx.outbox.events = append(tx.outbox.events, e)
		return
	}
	for _, place := range tx.outbox.places[e.Kind] {
		if sameChange(tx.outbox.events[place], e) {
			tx.outbox.events[place] = count(tx.outbox.events[place], e)
			return
		}
	}
	if tx.outbox.places == nil {
		tx.outbox.places = map[towpath.EventKind][]int{}
	}
	tx.outbox.places[e.Kind] = append(tx.outbox.places[e.Kind], len(tx.outbox.events))
	tx.outbox.events = append(tx.outbox.events, e)
}

// sameChange reports whether two changes of a kind differ at most in their task and subject, so
// that one event can count both.
func sameChange(a, b towpath.Event) bool {
	return a.MemberID == b.MemberID && a.ProjectID == b.ProjectID && a.LinkID == b.LinkID &&
		a.RolloutID == b.RolloutID &&
		a.DatabaseID == b.DatabaseID && a.From == b.From && a.To == b.To
}

// count adds another change to an event that sameChange accepts.
func count(e, more towpath.Event) towpath.Event {
	e.Count++
	if e.TaskID != more.TaskID {
		e.TaskID = ""
	}
	if e.SubjectID != more.SubjectID {
		e.SubjectID = ""
	}
	return e
}

// emitAfter emits the event of a write that returned err, unless the write failed. It returns err.
func (tx *Tx) emitAfter(err error, e towpath.Event) error {
	if err == nil {
		tx.Emit(e)
	}
	return err
}

// flush inserts the collected events. It appends audit events to the hash chain.
func (o *outbox) flush(ctx context.Context, tx *Tx) error {
	if len(o.events) == 0 {
		return nil
	}
	if err := tx.chain(ctx, o.events); err != nil {
		return err
	}
	rows := make([]eventRow, len(o.events))
	for i, e := range o.events {
		rows[i] = eventRow{Audit: e.Kind.Act(), Event: e}
	}
	return events.insert(ctx, tx, rows...)
}

// Events lists all events, acts included, in the order in which they began.
func (tx *Tx) Events(ctx context.Context, p Page) ([]towpath.Event, error) {
	rows, err := events.page(ctx, tx, p, filter{})
	return eventsOf(rows), err
}

// eventsByID reads events that were committed.
func (tx *Tx) eventsByID(ctx context.Context, ids []string) ([]towpath.Event, error) {
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	rows, err := events.list(ctx, tx, "WHERE id IN "+tuples(1, len(args), tx.shared)+" ORDER BY id", args...)
	return eventsOf(rows), err
}

func eventsOf(rows []eventRow) []towpath.Event {
	list := make([]towpath.Event, len(rows))
	for i, row := range rows {
		list[i] = row.Event
	}
	return list
}

// pruneEvents removes old changes of state and keeps audit events.
func (tx *Tx) pruneEvents(ctx context.Context) (int, error) {
	result, err := tx.exec(ctx,
		`DELETE FROM event WHERE id IN (SELECT id FROM event WHERE NOT audit AND at < $1
			ORDER BY at LIMIT $2)`, tx.Now.Add(-eventsKept).UnixMicro(), pruneBatch)
	if err != nil {
		return 0, events.wrap("prune", err)
	}
	n, err := result.RowsAffected()
	return int(n), err
}

// noteState remembers the state of a task that was read or written, for the From of its next event.
func (tx *Tx) noteState(id, state string) {
	if tx.outbox == nil {
		return
	}
	if tx.outbox.states == nil {
		tx.outbox.states = map[string]string{}
	}
	tx.outbox.states[id] = state
}

// notedState returns the state in which this transaction last read or wrote a task.
func (tx *Tx) notedState(id string) (state string, known bool) {
	if tx.outbox != nil {
		state, known = tx.outbox.states[id]
	}
	return state, known
}

// emitLinkEvent emits an event about a link.
func (tx *Tx) emitLinkEvent(ctx context.Context, kind towpath.EventKind, linkID string) error {
	if tx.outbox == nil {
		return nil
	}
	projectID, err := tx.projectOf(ctx, linkID)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return nil // EventLinkDeleted covers what is deleted with the link
	}
	return tx.emitAfter(err, towpath.Event{Kind: kind, ProjectID: projectID, LinkID: linkID})
}

// projectOf returns the project of a link, which never changes.
func (tx *Tx) projectOf(ctx context.Context, linkID string) (string, error) {
	if id, known := tx.outbox.projects[linkID]; known {
		return id, nil
	}
	l, err := tx.Link(ctx, linkID)
	if err != nil {
		return "", err
	}
	if tx.outbox.projects == nil {
		tx.outbox.projects = map[string]string{}
	}
	tx.outbox.projects[linkID] = l.ProjectID
	return l.ProjectID, nil
}

// onRead makes a table call see for each row that it reads.
func onRead[T any](t *table[T], see func(*Tx, *T)) *table[T] {
	t.onRead = see
	return t
}

// change updates a whole row. It returns the row as it was before, and whether a column other than
// the quiet ones has changed.
func (t *table[T]) change(
	ctx context.Context, tx *Tx, v T, quiet ...string,
) (before T, changed bool, err error) {
	before, err = t.get(ctx, tx, t.whereKey(), t.values(&v)[:t.key]...)
	if err != nil {
		return before, false, err
	}
	was, is := t.values(&before), t.values(&v)
	for i, name := range t.names {
		changed = changed || (!slices.Contains(quiet, name) && !reflect.DeepEqual(was[i], is[i]))
	}
	return before, changed, t.update(ctx, tx, v)
}
