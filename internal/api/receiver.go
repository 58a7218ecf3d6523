package api

import (
	"context"
	"time"

	"towpath"
	"towpath/internal/notify"
	"towpath/internal/wording"
)

// receiver is where notifications are sent, without its address and secret.
type receiver struct {
	ID            string                      `json:"id"`
	Name          string                      `json:"name"`
	Kind          towpath.ReceiverKind        `json:"kind" enum:"webhook,slack,teams,mail"`
	Host          string                      `json:"host,omitempty" doc:"Of the address, which is not sent back."`
	Addresses     []string                    `json:"addresses" nullable:"false" doc:"Of mail; empty for others."`
	ProjectID     string                      `json:"projectId,omitempty" doc:"Only of this project; absent for all."`
	EnvironmentID string                      `json:"environmentId,omitempty" doc:"Only of this environment; absent for all. Events of links have none."`
	Events        []towpath.NotificationEvent `json:"events" nullable:"false" enum:"approval.wanted,change.held,change.failed,change.unknown,change.done,change.undone,schema.drifted,link.attention"`
	Last          *notification               `json:"last,omitempty" doc:"The newest message; absent when none was sent."`
}

// notification is a message to a receiver.
type notification struct {
	ID        string               `json:"id"`
	Event     string               `json:"event" enum:"test,approval.wanted,change.held,change.failed,change.unknown,change.done,change.undone,schema.drifted,link.attention"`
	Title     string               `json:"title"`
	ProjectID string               `json:"projectId,omitempty"`
	RolloutID string               `json:"rolloutId,omitempty"`
	State     towpath.RequestState `json:"state" enum:"pending,delivered,failed" doc:"pending: it is sent, or sent again."`
	Attempts  int                  `json:"attempts"`
	CreatedAt time.Time            `json:"createdAt"`
	At        *time.Time           `json:"at,omitempty" doc:"Of the last attempt."`
	Reason    *Reason              `json:"reason,omitempty" doc:"Why the last attempt failed."`
}

func notificationOf(n towpath.Notification) notification {
	event := string(n.Facts.Event)
	if event == "" {
		event = "test"
	}
	return notification{
		ID: n.ID, Event: event, Title: wording.Notification(n.Facts), ProjectID: n.ProjectID,
		RolloutID: n.Facts.RolloutID, State: n.State, Attempts: n.Attempts, CreatedAt: n.CreatedAt,
		At: n.TriedAt, Reason: reasonOf(n.Reason),
	}
}

func receiverOf(v towpath.Receiver) receiver {
	return receiver{
		ID: v.ID, Name: v.Name, Kind: v.Kind, Host: v.Host, Addresses: orEmpty(v.Addresses), ProjectID: v.ProjectID,
		EnvironmentID: v.EnvironmentID, Events: orEmpty(v.Events),
	}
}

// ReceiverPath names a receiver.
type ReceiverPath struct {
	Receiver string `path:"receiver" doc:"The id of the receiver."`
}

// NotificationPath names a notification.
type NotificationPath struct {
	Notification string `path:"notification" doc:"The id of the notification."`
}

// ReceiverSettings are what a person may set of a receiver.
type ReceiverSettings struct {
	Name          string                      `json:"name" maxLength:"100"`
	URL           string                      `json:"url,omitempty" maxLength:"2000" doc:"Of webhook, slack and teams; begins with https://. It is encrypted and never sent back; without one, the one that is there stays."`
	Secret        string                      `json:"secret,omitempty" maxLength:"200" doc:"Of webhook: 16 characters or more, by which requests are signed. It is encrypted and never sent back; without one, the one that is there stays."`
	Addresses     []string                    `json:"addresses,omitempty" maxItems:"20" doc:"Of mail."`
	ProjectID     string                      `json:"projectId,omitempty" doc:"Only of this project; absent for all."`
	EnvironmentID string                      `json:"environmentId,omitempty" doc:"Only of this environment; absent for all."`
	Events        []towpath.NotificationEvent `json:"events" maxItems:"20" enum:"approval.wanted,change.held,change.failed,change.unknown,change.done,change.undone,schema.drifted,link.attention"`
}

func (s ReceiverSettings) spec(kind towpath.ReceiverKind) notify.Spec {
	return notify.Spec{
		Name: s.Name, Kind: kind, URL: s.URL, Secret: s.Secret, Addresses: s.Addresses,
		ProjectID: s.ProjectID, EnvironmentID: s.EnvironmentID, Events: s.Events,
	}
}

// listReceivers lists the receivers of notifications by name, each with its newest message.
func (s *Server) listReceivers(ctx context.Context, _ *struct{}) (list[receiver], error) {
	rows, last, err := s.Notify.Receivers(ctx)
	return all(rows, func(v towpath.Receiver) receiver {
		out := receiverOf(v)
		if n, sent := last[v.ID]; sent {
			newest := notificationOf(n)
			out.Last = &newest
		}
		return out
	}), err
}

type addReceiverInput struct {
	Body struct {
		Kind towpath.ReceiverKind `json:"kind" enum:"webhook,slack,teams,mail"`
		ReceiverSettings
	}
}

// addReceiver adds a receiver. It is told of states that begin from now on.
func (s *Server) addReceiver(ctx context.Context, in *addReceiverInput) (receiver, error) {
	v, err := s.Notify.Add(ctx, actorOf(ctx), in.Body.spec(in.Body.Kind))
	return receiverOf(v), err
}

type putReceiverInput struct {
	ReceiverPath
	Body ReceiverSettings
}

// putReceiver sets what a receiver is told of, and where. Its kind stays.
func (s *Server) putReceiver(ctx context.Context, in *putReceiverInput) (receiver, error) {
	v, err := s.Notify.Change(ctx, actorOf(ctx), in.Receiver, in.Body.spec(""))
	return receiverOf(v), err
}

func (s *Server) deleteReceiver(ctx context.Context, in *ReceiverPath) error {
	return s.Notify.Remove(ctx, actorOf(ctx), in.Receiver)
}

// testReceiver sends a test and returns what came of it.
func (s *Server) testReceiver(ctx context.Context, in *ReceiverPath) (notification, error) {
	n, err := s.Notify.Test(ctx, actorOf(ctx), in.Receiver)
	return notificationOf(n), err
}

type listNotificationsInput struct {
	ReceiverPath
	Paging
}

// listNotifications lists the messages to a receiver, newest first.
func (s *Server) listNotifications(ctx context.Context, in *listNotificationsInput) (list[notification], error) {
	rows, err := s.Notify.Notifications(ctx, in.Receiver, in.newest())
	return page(in.Paging, rows, func(n towpath.Notification) string { return n.ID }, notificationOf), err
}

// replayNotification sends a message again, with the same id.
func (s *Server) replayNotification(ctx context.Context, in *NotificationPath) (notification, error) {
	n, err := s.Notify.Replay(ctx, actorOf(ctx), in.Notification)
	return notificationOf(n), err
}
