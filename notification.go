package towpath

import (
	"cmp"
	"slices"
	"time"
)

// Receiver is where notifications are sent: a program of somebody else, a chat, or mailboxes.
type Receiver struct {
	ID              string
	Name            string
	Kind            ReceiverKind
	Host            string   // of the address, which is a secret itself at most chats; "" for mail
	EncryptedURL    []byte   // nil for mail
	EncryptedSecret []byte   // signs what a program gets; nil for others
	Addresses       []string // of mail
	ProjectID       string   // only of this project; "" for all
	EnvironmentID   string   // only of this environment; "" for all, and for links
	Events          []NotificationEvent
	CreatedAt       time.Time
}

// ReceiverKind says in which form a receiver takes notifications.
type ReceiverKind string

const (
	ReceiverWebhook ReceiverKind = "webhook" // signed JSON; docs/notifications.md describes it
	ReceiverSlack   ReceiverKind = "slack"   // an incoming webhook of Slack, Mattermost or Rocket.Chat
	ReceiverTeams   ReceiverKind = "teams"   // a workflow of Microsoft Teams that takes Adaptive Cards
	ReceiverMail    ReceiverKind = "mail"    // by the SMTP server of the settings
)

// ReceiverKinds lists the kinds.
func ReceiverKinds() []ReceiverKind {
	return []ReceiverKind{ReceiverWebhook, ReceiverSlack, ReceiverTeams, ReceiverMail}
}

// NotificationEvent is what a notification tells.
type NotificationEvent string

const (
	NotifyApproval  NotificationEvent = "approval.wanted" // a stage waits for a person's consent or start
	NotifyHeld      NotificationEvent = "change.held"     // files wait for a person's decision
	NotifyFailed    NotificationEvent = "change.failed"   // files failed in databases
	NotifyUnknown   NotificationEvent = "change.unknown"  // a person must say what databases have
	NotifyDone      NotificationEvent = "change.done"     // all of a rollout's files are in an environment
	NotifyUndone    NotificationEvent = "change.undone"   // a person's order to undo a version was followed
	NotifyAttention NotificationEvent = "link.attention"  // a link cannot work without a person
	NotifyDrift     NotificationEvent = "schema.drifted"  // a schema was changed outside Towpath
)

// NotificationEvents lists the events, what needs a person first.
func NotificationEvents() []NotificationEvent {
	return []NotificationEvent{
		NotifyApproval, NotifyHeld, NotifyFailed, NotifyUnknown, NotifyDrift, NotifyAttention, NotifyUndone,
		NotifyDone,
	}
}

// Final reports whether the event is over when it happens, so that it is no state that ends.
func (e NotificationEvent) Final() bool { return e == NotifyDone || e == NotifyUndone }

// Wants reports whether a receiver is told of an event there. environmentID is "" for a link.
func (v Receiver) Wants(e NotificationEvent, projectID, environmentID string) bool {
	return slices.Contains(v.Events, e) &&
		(v.ProjectID == "" || v.ProjectID == projectID) &&
		(v.EnvironmentID == "" || environmentID == "" || v.EnvironmentID == environmentID)
}

// Occasion is a state that receivers are told of once, however often it is seen.
type Occasion struct {
	LinkID        string
	EnvironmentID string // "" of a link's own
	Event         NotificationEvent
	Key           string // tells one such state from the next: the evidence, rollout, task or reason
	RolloutID     string // in which it was seen last; "" of a link's own
	Since         time.Time
}

// Same reports whether both are the same state.
func (o Occasion) Same(other Occasion) bool {
	return o.LinkID == other.LinkID && o.EnvironmentID == other.EnvironmentID && o.Event == other.Event &&
		o.Key == other.Key
}

// StageOccasions lists what a rollout's tasks of one environment give occasion for. wanted is the
// evidence for which a person's consent or start is missing; "" for none. They are about the link,
// so that a failure which a newer rollout takes over is no second one.
func StageOccasions(r Rollout, environmentID string, tasks []Task, wanted Evidence) (list []Occasion) {
	add := func(event NotificationEvent, key string) {
		list = append(list, Occasion{
			LinkID: r.LinkID, EnvironmentID: environmentID, Event: event, Key: key, RolloutID: r.ID,
		})
	}
	open, done := false, false
	states := map[TaskState]bool{}
	for _, t := range tasks {
		open = open || t.State.Open()
		done = done || t.State == TaskDone && t.Type != TypeUndo
		if t.State == TaskDone && t.Type == TypeUndo {
			add(NotifyUndone, t.ID)
		}
		states[t.State] = states[t.State] || !t.WaitsForStart()
	}
	if wanted != "" {
		add(NotifyApproval, string(wanted))
	}
	for _, of := range []struct {
		state TaskState
		event NotificationEvent
	}{{TaskHeld, NotifyHeld}, {TaskFailed, NotifyFailed}, {TaskUnknown, NotifyUnknown}} {
		if states[of.state] {
			add(of.event, "")
		}
	}
	if done && !open {
		add(NotifyDone, r.ID)
	}
	return list
}

// Begun returns those of now that are not among before.
func Begun(before, now []Occasion) (begun []Occasion) {
	for _, o := range now {
		if !slices.ContainsFunc(before, o.Same) {
			begun = append(begun, o)
		}
	}
	return begun
}

// Ended returns those of before that are not among now. What was done or undone never ends, since it
// can't begin again.
func Ended(before, now []Occasion) (ended []Occasion) {
	for _, o := range before {
		if !o.Event.Final() && !slices.ContainsFunc(now, o.Same) {
			ended = append(ended, o)
		}
	}
	return ended
}

// Notification is one message to a receiver, kept until retention removes it.
type Notification struct {
	ID         string
	ReceiverID string
	ProjectID  string // "" for a test
	Facts      NotificationFacts
	State      RequestState
	Attempts   int
	Reason     Reason // why the last attempt failed
	CreatedAt  time.Time
	TriedAt    *time.Time // the last attempt
}

// NotificationFacts are what a notification says, as it was when the state began. They have none of a
// database's own words, since those may hold data.
type NotificationFacts struct {
	Event         NotificationEvent `json:"event"` // "" for a test
	ProjectID     string            `json:"projectId,omitempty"`
	Project       string            `json:"project,omitempty"`
	EnvironmentID string            `json:"environmentId,omitempty"`
	Environment   string            `json:"environment,omitempty"`
	LinkID        string            `json:"linkId,omitempty"`
	Repository    string            `json:"repository,omitempty"`
	DatabaseID    string            `json:"databaseId,omitempty"` // of a schema that drifted
	RolloutID     string            `json:"rolloutId,omitempty"`
	Commit        string            `json:"commit,omitempty"`
	Message       string            `json:"message,omitempty"` // the first line of the commit's
	Author        string            `json:"author,omitempty"`
	Files         []string          `json:"files,omitempty"` // paths, in order
	MoreFiles     int               `json:"moreFiles,omitempty"`
	Databases     []string          `json:"databases,omitempty"`
	MoreDatabases int               `json:"moreDatabases,omitempty"`
	Because       []Reason          `json:"because,omitempty"`
}

// maxNotified bounds each list of a notification.
const maxNotified = 10

// About adds the files and databases of the tasks that an event is about, and our own reasons.
func (f *NotificationFacts) About(tasks []Task) {
	var files, databases []string
	seen := map[string]bool{}
	once := func(list []string, kind, name string) []string {
		if key := kind + name; !seen[key] {
			seen[key] = true
			list = append(list, name)
		}
		return list
	}
	for _, t := range tasks {
		if !f.Event.of(t) {
			continue
		}
		files = once(files, "file ", cmp.Or(t.Path, t.Version))
		databases = once(databases, "database ", t.Database)
		if f.Event == NotifyHeld && len(f.Because) < maxNotified && !slices.ContainsFunc(f.Because,
			func(r Reason) bool { return r.Code == t.Reason.Code }) {
			f.Because = append(f.Because, t.Reason)
		}
	}
	f.Files, f.MoreFiles = firstOf(files)
	f.Databases, f.MoreDatabases = firstOf(databases)
}

// of reports whether a task is in the state that the event is about.
func (e NotificationEvent) of(t Task) bool {
	switch e {
	case NotifyApproval:
		return t.WaitsForStart()
	case NotifyHeld:
		return t.State == TaskHeld && !t.WaitsForStart()
	case NotifyFailed:
		return t.State == TaskFailed
	case NotifyUnknown:
		return t.State == TaskUnknown
	case NotifyDone:
		return t.State == TaskDone && t.Type != TypeUndo
	case NotifyUndone:
		return t.State == TaskDone && t.Type == TypeUndo
	default:
		return false
	}
}

func firstOf(list []string) (first []string, more int) {
	if len(list) > maxNotified {
		return list[:maxNotified], len(list) - maxNotified
	}
	return list, 0
}

// Tried returns the notification after an attempt, as ApprovalRequest.Tried does.
func (n Notification) Tried(failed Reason, now time.Time) (tried Notification, again *time.Time) {
	q, again := ApprovalRequest{Attempts: n.Attempts}.Tried(failed, now)
	if q.State == "" {
		q.State = RequestPending
	}
	n.State, n.Attempts, n.Reason, n.TriedAt = q.State, q.Attempts, q.Reason, q.TriedAt
	return n, again
}
