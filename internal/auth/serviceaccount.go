package auth

import (
	"context"
	"regexp"
	"time"

	"towpath"
	"towpath/internal/store"
)

// servicePrefix begins the address of a service account. No e-mail address can be the same, so nobody
// signs in as one, and no author is taken for one.
const servicePrefix = "service:"

var serviceName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

// AddServiceAccount adds a member that is a program. It has no way to sign in and is never asked for
// consent. CodeConflict when the name is taken.
func (s *Service) AddServiceAccount(
	ctx context.Context, actor towpath.Actor, name string, role towpath.Role,
) (m towpath.Member, err error) {
	if !serviceName.MatchString(name) {
		return m, towpath.Invalid("name",
			"Enter a name of lower-case letters, digits and dashes, such as release-bot; 63 at most.")
	}
	m = towpath.Member{Email: servicePrefix + name, Name: name, Role: role, Service: true}
	if !role.Valid() || role == towpath.RoleOwner {
		return m, refuseServiceOwner()
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		err := tx.CreateMember(ctx, &m)
		if towpath.ErrorCode(err) == towpath.CodeConflict {
			return &towpath.Error{
				Code: towpath.CodeConflict, Field: "name", Message: "There is a service account of that name already.",
			}
		}
		if err != nil {
			return err
		}
		tx.Emit(actor.Did(towpath.ActServiceAdd, m.ID, "", "account", name, "role", string(role)))
		return nil
	})
	return m, err
}

func refuseServiceOwner() error {
	return towpath.Invalid("role", "Choose dba or member: a program can't be an owner.")
}

// refuseService returns CodeConflict for a service account, which has nothing to sign in with.
func refuseService(m towpath.Member) error {
	if !m.Service {
		return nil
	}
	return towpath.Errorf(towpath.CodeConflict, "%s is a service account. It uses API tokens and has no sign-in.",
		m.Name)
}

// service reads a service account; CodeNotFound for a person, whose tokens are their own.
func service(ctx context.Context, tx *store.Tx, id string) (towpath.Member, error) {
	m, err := tx.Member(ctx, id)
	if err == nil && !m.Service {
		err = towpath.Errorf(towpath.CodeNotFound, "There is no such service account.")
	}
	return m, err
}

// ServiceTokens lists the API tokens of a service account, without their secrets.
func (s *Service) ServiceTokens(
	ctx context.Context, id string, p store.Page,
) (list []towpath.Credential, err error) {
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		if _, err := service(ctx, tx, id); err != nil {
			return err
		}
		list, err = tx.Credentials(ctx, id, towpath.CredentialAPIToken, p)
		return err
	})
	return list, err
}

// CreateServiceToken creates an API token of a service account, as CreateAPIToken does for the actor.
// CodeConflict when the account was deactivated.
func (s *Service) CreateServiceToken(
	ctx context.Context, actor towpath.Actor, id, name string, scope towpath.TokenScope, expires *time.Time,
) (c towpath.Credential, token string, err error) {
	c, err = s.newToken(actor, name, scope, expires)
	if err != nil {
		return c, "", err
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		m, err := service(ctx, tx, id)
		if err != nil {
			return err
		}
		if m.DeactivatedAt != nil {
			return towpath.Errorf(towpath.CodeConflict, "%s is deactivated. Activate it first.", m.Name)
		}
		c.MemberID = id
		if c, token, err = issue(ctx, tx, c, 0); err != nil {
			return err
		}
		tx.Emit(actor.Did(towpath.ActServiceToken, c.ID, "", "account", m.Name, "name", c.Name).
			With(towpath.Changed("scope", "", string(c.Scope))))
		return nil
	})
	return c, token, err
}

// RevokeServiceToken ends a token of a service account. One that has ended already is no error.
func (s *Service) RevokeServiceToken(ctx context.Context, actor towpath.Actor, id, tokenID string) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		m, err := service(ctx, tx, id)
		if err != nil {
			return err
		}
		tokens, err := store.All(tx.EveryCredential(ctx, id, towpath.CredentialAPIToken))
		if err != nil {
			return err
		}
		for _, c := range tokens {
			if c.ID == tokenID {
				tx.Emit(actor.Did(towpath.ActServiceTokenRevoke, c.ID, "", "account", m.Name, "name", c.Name))
				return tx.DeleteCredential(ctx, id, tokenID)
			}
		}
		return nil
	})
}
