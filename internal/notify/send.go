package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"towpath"
	"towpath/internal/store"
	"towpath/internal/webhook"
)

// Send sends a notification. It is the handler of towpath.JobSendNotification. A receiver that a crash
// of the server leaves in doubt gets the message again, with the same id.
func (s *Service) Send(ctx context.Context, id string) (requeueAt *time.Time, err error) {
	var n towpath.Notification
	var v towpath.Receiver
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		if n, err = tx.Notification(ctx, id); err != nil {
			return err
		}
		v, err = tx.Receiver(ctx, n.ReceiverID)
		return err
	})
	if towpath.ErrorCode(err) == towpath.CodeNotFound { // it was removed
		return nil, nil
	}
	if err != nil || n.State != towpath.RequestPending {
		return nil, err
	}
	ctx = context.WithoutCancel(ctx) // a stop waits for the answer: it would be sent twice otherwise
	failed, err := s.deliver(ctx, v, n)
	if err != nil {
		return nil, err
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		requeueAt = nil
		now, err := tx.Notification(ctx, id)
		if towpath.ErrorCode(err) == towpath.CodeNotFound {
			return nil
		}
		if err != nil || now.State != towpath.RequestPending {
			return err
		}
		now, requeueAt = now.Tried(failed, tx.Now)
		return tx.UpdateNotification(ctx, now)
	})
	return requeueAt, err
}

// Test sends a message about nothing and returns what came of it.
func (s *Service) Test(
	ctx context.Context, actor towpath.Actor, receiverID string,
) (n towpath.Notification, err error) {
	var v towpath.Receiver
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		if v, err = tx.Receiver(ctx, receiverID); err != nil {
			return err
		}
		tx.Emit(actor.Did(towpath.ActReceiverTest, v.ID, "", "name", v.Name))
		n = towpath.Notification{ReceiverID: v.ID}
		return tx.CreateTest(ctx, &n)
	})
	if err != nil {
		return n, err
	}
	failed, err := s.deliver(ctx, v, n)
	if err != nil {
		return n, err
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		n, _ = n.Tried(failed, tx.Now)
		if !failed.IsZero() {
			n.State = towpath.RequestFailed // a person sees it and tries again
		}
		return tx.UpdateNotification(ctx, n)
	})
	return n, err
}

// Replay sends a message again that was delivered or given up. CodeConflict while it is still sent.
func (s *Service) Replay(
	ctx context.Context, actor towpath.Actor, id string,
) (n towpath.Notification, err error) {
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		if n, err = tx.Notification(ctx, id); err != nil {
			return err
		}
		if n.State == towpath.RequestPending {
			return towpath.Errorf(towpath.CodeConflict, "This notification is being sent already.")
		}
		v, err := tx.Receiver(ctx, n.ReceiverID)
		if err != nil {
			return err
		}
		n.State, n.Attempts = towpath.RequestPending, 0
		tx.Emit(actor.Did(towpath.ActNotificationReplay, v.ID, n.ProjectID, "name", v.Name))
		if err := tx.UpdateNotification(ctx, n); err != nil {
			return err
		}
		return tx.Enqueue(ctx, towpath.JobSendNotification, n.ID)
	})
	return n, err
}

// deliver sends a message once.
func (s *Service) deliver(
	ctx context.Context, v towpath.Receiver, n towpath.Notification,
) (failed towpath.Reason, err error) {
	m := messageOf(n, s.ExternalURL)
	if v.Kind == towpath.ReceiverMail {
		if s.Mailer == nil {
			return towpath.Why(towpath.ReasonNoMailServer), nil
		}
		letter, err := m.mail(v.Addresses)
		if err != nil {
			return failed, err
		}
		return s.Mailer.Mail(ctx, letter)
	}
	address, err := s.Keyring.Decrypt(v.EncryptedURL, row(v.ID, "url"))
	if err != nil {
		return failed, errKey
	}
	body, err := json.Marshal(m.payload(v.Kind))
	if err != nil {
		return failed, fmt.Errorf("write a notification: %w", err)
	}
	if v.Kind != towpath.ReceiverWebhook {
		return webhook.Post(ctx, s.Client, string(address), nil, body)
	}
	key, err := s.Keyring.Decrypt(v.EncryptedSecret, row(v.ID, "secret"))
	if err != nil {
		return failed, errKey
	}
	return webhook.Post(ctx, s.Client, string(address), webhook.Signed(key, n.ID, body), body)
}

var errKey = towpath.Errorf(towpath.CodeInternal,
	"The address of the receiver cannot be decrypted with this server's key. Enter it again.")
