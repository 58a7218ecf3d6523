package notify

import (
	"context"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"towpath"
	"towpath/internal/store"
	"towpath/internal/webhook"
)

// Spec is what a person says of a receiver. Empty URL and Secret keep those that are there.
type Spec struct {
	Name          string
	Kind          towpath.ReceiverKind
	URL           string
	Secret        string
	Addresses     []string
	ProjectID     string
	EnvironmentID string
	Events        []towpath.NotificationEvent
}

// Bounds of a receiver.
const (
	maxName      = 60 // characters
	minSecret    = 16 // bytes
	maxSecret    = 200
	maxAddresses = 20
	maxReceivers = 100
)

// Receivers lists all receivers, each with its newest message; one without an ID when none was sent.
func (s *Service) Receivers(
	ctx context.Context,
) (list []towpath.Receiver, last map[string]towpath.Notification, err error) {
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		if list, err = tx.Receivers(ctx); err != nil {
			return err
		}
		last = make(map[string]towpath.Notification, len(list))
		for _, v := range list {
			newest, err := tx.Notifications(ctx, v.ID, store.Page{Limit: 1, NewestFirst: true})
			if err != nil {
				return err
			}
			if len(newest) > 0 {
				last[v.ID] = newest[0]
			}
		}
		return nil
	})
	return list, last, err
}

// Add adds a receiver. CodeInvalid names the field that does not fit. States that began before are not
// told.
func (s *Service) Add(ctx context.Context, actor towpath.Actor, spec Spec) (v towpath.Receiver, err error) {
	v.Kind = spec.Kind
	if !slices.Contains(towpath.ReceiverKinds(), v.Kind) {
		return v, towpath.Invalid("kind", "Choose webhook, slack, teams or mail.")
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		all, err := tx.Receivers(ctx)
		if err != nil {
			return err
		}
		if len(all) >= maxReceivers {
			return towpath.Errorf(towpath.CodeConflict,
				"There are %d receivers already. Remove one that nobody needs.", maxReceivers)
		}
		if err := s.set(ctx, tx, &v, spec); err != nil {
			return err
		}
		if err := tx.CreateReceiver(ctx, &v); err != nil {
			return err
		}
		s.seal(&v, spec) // the secrets are bound to the id, which the row has now
		if err := tx.UpdateReceiver(ctx, v); err != nil {
			return err
		}
		tx.Emit(actor.Did(towpath.ActReceiverAdd, v.ID, v.ProjectID, "name", v.Name).With(changes(towpath.Receiver{}, v, spec)))
		return nil
	})
	return v, err
}

// Change changes a receiver; its kind stays.
func (s *Service) Change(
	ctx context.Context, actor towpath.Actor, id string, spec Spec,
) (v towpath.Receiver, err error) {
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		if v, err = tx.Receiver(ctx, id); err != nil {
			return err
		}
		before := v
		if err := s.set(ctx, tx, &v, spec); err != nil {
			return err
		}
		s.seal(&v, spec)
		if err := tx.UpdateReceiver(ctx, v); err != nil {
			return err
		}
		tx.Emit(actor.Did(towpath.ActReceiverUpdate, v.ID, v.ProjectID, "name", v.Name).With(changes(before, v, spec)))
		return nil
	})
	return v, err
}

// Remove removes a receiver with its messages. It is no error when there is none.
func (s *Service) Remove(ctx context.Context, actor towpath.Actor, id string) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		v, err := tx.Receiver(ctx, id)
		if towpath.ErrorCode(err) == towpath.CodeNotFound {
			return nil
		}
		if err != nil {
			return err
		}
		if err := tx.DeleteReceiver(ctx, id); err != nil {
			return err
		}
		tx.Emit(actor.Did(towpath.ActReceiverDelete, v.ID, v.ProjectID, "name", v.Name))
		return nil
	})
}

// set checks what a person says and puts it into the receiver, except for its secrets.
func (s *Service) set(ctx context.Context, tx *store.Tx, v *towpath.Receiver, spec Spec) error {
	v.Name = strings.TrimSpace(spec.Name)
	if n := utf8.RuneCountInString(v.Name); n == 0 || n > maxName {
		return towpath.Invalid("name", "Enter a name of 1 to %d characters.", maxName)
	}
	if len(spec.Events) == 0 {
		return towpath.Invalid("events", "Choose one event at least.")
	}
	v.Events = nil
	for _, e := range towpath.NotificationEvents() {
		if slices.Contains(spec.Events, e) {
			v.Events = append(v.Events, e)
		}
	}
	for _, e := range spec.Events {
		if !slices.Contains(v.Events, e) {
			return towpath.Invalid("events", "There is no event %q.", e)
		}
	}
	if v.ProjectID = spec.ProjectID; v.ProjectID != "" {
		if _, err := tx.Project(ctx, v.ProjectID); err != nil {
			return towpath.Invalid("projectId", "There is no such project. Choose another, or all.")
		}
	}
	if v.EnvironmentID = spec.EnvironmentID; v.EnvironmentID != "" {
		if _, err := tx.Environment(ctx, v.EnvironmentID); err != nil {
			return towpath.Invalid("environmentId", "There is no such environment. Choose another, or all.")
		}
	}
	if v.Kind == towpath.ReceiverMail {
		return s.setMail(v, spec)
	}
	return s.checkURL(v, spec)
}

func (s *Service) setMail(v *towpath.Receiver, spec Spec) error {
	if s.Mailer == nil {
		return towpath.Invalid("kind",
			"This server has no mail server. Start it with --smtp-url, then add the receiver.")
	}
	if len(spec.Addresses) == 0 || len(spec.Addresses) > maxAddresses {
		return towpath.Invalid("addresses", "Enter 1 to %d mail addresses.", maxAddresses)
	}
	v.Addresses = nil
	for _, address := range spec.Addresses {
		a, err := mail.ParseAddress(strings.TrimSpace(address))
		if err != nil || a.Name != "" {
			return towpath.Invalid("addresses", "%q is no mail address, such as dba@example.com.", address)
		}
		v.Addresses = append(v.Addresses, a.Address)
	}
	return nil
}

// checkURL checks the address and the secret of a receiver that is reached by HTTP.
func (s *Service) checkURL(v *towpath.Receiver, spec Spec) error {
	address := strings.TrimSpace(spec.URL)
	switch {
	case address != "":
		if err := webhook.ValidateURL(address, s.Trial); err != nil {
			return err
		}
		u, err := url.Parse(address)
		if err != nil {
			return towpath.Invalid("url", "Enter an address such as https://hooks.example.com/towpath.")
		}
		v.Host = u.Host
	case len(v.EncryptedURL) == 0:
		return towpath.Invalid("url", "Enter the address that takes the notifications.")
	}
	if v.Kind != towpath.ReceiverWebhook {
		return nil
	}
	if spec.Secret == "" && len(v.EncryptedSecret) == 0 {
		return towpath.Invalid("secret", "Enter a secret, by which the receiver knows that Towpath sends.")
	}
	if spec.Secret != "" && (len(spec.Secret) < minSecret || len(spec.Secret) > maxSecret) {
		return towpath.Invalid("secret",
			"Use %d to %d characters, such as the output of openssl rand -hex 32.", minSecret, maxSecret)
	}
	return nil
}

// seal encrypts the secrets for the receiver's row. A new address without a new secret keeps the
// secret, so only who may change both can send it elsewhere.
func (s *Service) seal(v *towpath.Receiver, spec Spec) {
	if address := strings.TrimSpace(spec.URL); address != "" && v.Kind != towpath.ReceiverMail {
		v.EncryptedURL = s.Keyring.Encrypt([]byte(address), row(v.ID, "url"))
	}
	if spec.Secret != "" && v.Kind == towpath.ReceiverWebhook {
		v.EncryptedSecret = s.Keyring.Encrypt([]byte(spec.Secret), row(v.ID, "secret"))
	}
}

// row binds an encrypted field to its receiver.
func row(id, field string) string { return "receiver/" + id + "/" + field }

// changes lists what a person changed, for the audit log.
func changes(before, now towpath.Receiver, spec Spec) []towpath.Change {
	return append(towpath.Changed(
		"name", before.Name, now.Name,
		"host", before.Host, now.Host,
		"addresses", strings.Join(before.Addresses, ", "), strings.Join(now.Addresses, ", "),
		"project", before.ProjectID, now.ProjectID,
		"environment", before.EnvironmentID, now.EnvironmentID,
		"events", words(before.Events), words(now.Events),
	), towpath.ChangedSecret("secret", spec.Secret != "")...)
}

func words(events []towpath.NotificationEvent) string {
	list := make([]string, len(events))
	for i, e := range events {
		list[i] = string(e)
	}
	return strings.Join(list, ", ")
}

// Notifications lists the messages to a receiver, newest first; CodeNotFound when there is no such
// receiver.
func (s *Service) Notifications(
	ctx context.Context, receiverID string, p store.Page,
) (list []towpath.Notification, err error) {
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		if _, err := tx.Receiver(ctx, receiverID); err != nil {
			return err
		}
		list, err = tx.Notifications(ctx, receiverID, p)
		return err
	})
	return list, err
}
