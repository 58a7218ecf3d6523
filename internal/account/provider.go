package account

import (
	"context"
	"fmt"
	"strings"

	"towpath"
	"towpath/internal/store"
)

// consumeVerification returns the actor's successful verification, marked as used. The caller
// stores it. Errors are about verificationId.
func consumeVerification(
	ctx context.Context, tx *store.Tx, actor towpath.Actor, id string, purpose towpath.VerificationPurpose,
) (towpath.Verification, error) {
	v, err := ownVerification(ctx, tx, actor, id)
	if err != nil {
		return v, err
	}
	switch {
	case v.Purpose != purpose:
		return v, towpath.Invalid("verificationId", "That verification was made for something else.")
	case v.State == towpath.VerificationUsed:
		return v, &towpath.Error{
			Code: towpath.CodeConflict, Field: "verificationId",
			Message: "That verification has been used already.",
		}
	case v.State != towpath.VerificationVerified:
		return v, &towpath.Error{
			Code: towpath.CodeConflict, Field: "verificationId",
			Message: "The provider has not confirmed these credentials yet. Finish the sign-in first.",
		}
	case !tx.Now.Before(v.ExpiresAt):
		return v, &towpath.Error{
			Code: towpath.CodeConflict, Field: "verificationId",
			Message: "That verification is older than ten minutes. Verify again.",
		}
	}
	v.State = towpath.VerificationUsed
	return v, nil
}

// Confirmation is the use of a successful verification.
type Confirmation struct {
	VerificationID string
	ConnectAccount bool // stores the sign-in as a grant, so that linking needs no second one
}

// AddProvider adds the provider of a verification. Its data comes only from the verification.
func (s *Service) AddProvider(
	ctx context.Context, actor towpath.Actor, c Confirmation,
) (p towpath.GitProvider, err error) {
	id := store.NewID()
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		v, err := consumeVerification(ctx, tx, actor, c.VerificationID, towpath.PurposeAddProvider)
		if err != nil {
			return err
		}
		p = towpath.GitProvider{
			ID:            id,
			Type:          v.Type,
			InstanceURL:   v.InstanceURL,
			DisplayName:   v.DisplayName,
			ApplicationID: v.ApplicationID,
			CreatedBy:     actor.Member.ID,
		}
		if p.EncryptedSecret, err = s.reencrypt(v, p.ID); err != nil {
			return err
		}
		if err := tx.CreateGitProvider(ctx, &p); err != nil {
			return err
		}
		v.ProviderID = p.ID
		if err := s.saveUsed(ctx, tx, v, c.ConnectAccount); err != nil {
			return err
		}
		tx.Emit(actor.Did(towpath.ActProviderAdd, p.ID, "",
			"provider", p.DisplayName, "url", p.InstanceURL, "account", v.AccountName))
		return nil
	})
	return p, err
}

// saveUsed stores a used verification without its secrets. With connect, its sign-in becomes a
// grant.
func (s *Service) saveUsed(
	ctx context.Context, tx *store.Tx, v towpath.Verification, connect bool,
) (err error) {
	if connect {
		if v.GrantID, err = s.grantFromVerification(ctx, tx, v); err != nil {
			return err
		}
	}
	v.EncryptedSecret = nil
	v.EncryptedToken = nil
	return tx.UpdateVerification(ctx, &v)
}

// ReplaceSecret stores the new credentials of a verification.
func (s *Service) ReplaceSecret(
	ctx context.Context, actor towpath.Actor, providerID string, c Confirmation,
) (p towpath.GitProvider, err error) {
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		v, err := consumeVerification(ctx, tx, actor, c.VerificationID, towpath.PurposeReplaceSecret)
		if err != nil {
			return err
		}
		if v.ProviderID != providerID {
			return towpath.Invalid("verificationId", "That verification belongs to another provider.")
		}
		if p, err = tx.GitProvider(ctx, providerID); err != nil {
			return err
		}
		p.ApplicationID = v.ApplicationID
		if p.EncryptedSecret, err = s.reencrypt(v, p.ID); err != nil {
			return err
		}
		if err := tx.UpdateGitProvider(ctx, &p); err != nil {
			return err
		}
		if err := s.saveUsed(ctx, tx, v, c.ConnectAccount); err != nil {
			return err
		}
		if err := resetBrokenGrants(ctx, tx, providerID); err != nil {
			return err
		}
		tx.Emit(actor.Did(towpath.ActProviderSecret, p.ID, "", "provider", p.DisplayName))
		return nil
	})
	if err == nil {
		s.grants.forget()
	}
	return p, err
}

// resetBrokenGrants makes broken grants usable again, since the old credentials may have broken
// them. Revoked ones break again.
func resetBrokenGrants(ctx context.Context, tx *store.Tx, providerID string) error {
	grants, err := tx.Grants(ctx, providerID, "")
	if err != nil {
		return err
	}
	for _, g := range grants {
		if g.BrokenReason.IsZero() {
			continue
		}
		g.BrokenReason = towpath.Reason{}
		if err := tx.UpdateGrant(ctx, &g); err != nil {
			return err
		}
		if err := setLinksAttention(ctx, tx, g.ID, towpath.Reason{}); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) reencrypt(v towpath.Verification, providerID string) ([]byte, error) {
	plain, err := s.Keyring.Decrypt(v.EncryptedSecret, verificationRow(v.ID))
	if err != nil {
		return nil, fmt.Errorf("open secret of verification: %w", err)
	}
	return s.Keyring.Encrypt(plain, providerRow(providerID)), nil
}

// RenameProvider changes a provider's display name.
func (s *Service) RenameProvider(
	ctx context.Context, actor towpath.Actor, id, displayName string,
) (p towpath.GitProvider, err error) {
	displayName = strings.TrimSpace(displayName)
	if displayName == "" || len(displayName) > 100 {
		return p, towpath.Invalid("displayName", "Give the provider a name of 1 to 100 characters.")
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		if p, err = tx.GitProvider(ctx, id); err != nil {
			return err
		}
		old := p.DisplayName
		p.DisplayName = displayName
		if err := tx.UpdateGitProvider(ctx, &p); err != nil {
			return err
		}
		tx.Emit(actor.Did(towpath.ActProviderRename, id, "", "from", old, "to", displayName))
		return nil
	})
	return p, err
}

// DeleteProvider removes a provider without links. CodeConflict, which names the links, when it has
// some.
func (s *Service) DeleteProvider(ctx context.Context, actor towpath.Actor, id string) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		p, err := tx.GitProvider(ctx, id)
		if err != nil {
			return err
		}
		linked, err := linkedProjects(ctx, tx, id)
		if err != nil {
			return err
		}
		if len(linked) > 0 {
			names := make([]string, len(linked))
			for i, l := range linked {
				names[i] = l.ProjectName + " (" + l.RepositoryName + ")"
			}
			return towpath.Errorf(towpath.CodeConflict,
				"%s is in use by %s. Unlink these repositories first.", p.DisplayName,
				strings.Join(names, ", "))
		}
		if err := tx.DeleteGitProvider(ctx, id); err != nil {
			return err
		}
		tx.Emit(actor.Did(towpath.ActProviderDelete, id, "", "provider", p.DisplayName))
		return nil
	})
}

// ProviderSummary is a provider with its links.
type ProviderSummary struct {
	towpath.GitProvider
	Links []LinkedProject
}

// LinkedProject names a link for people.
type LinkedProject struct {
	ProjectID      string
	ProjectName    string
	LinkID         string
	RepositoryName string
	Attention      towpath.Reason // why the link needs a person; none when it does not
}

// Providers lists providers with their links.
func (s *Service) Providers(ctx context.Context, page store.Page) (list []ProviderSummary, err error) {
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		providers, err := tx.GitProviders(ctx, page)
		if err != nil {
			return err
		}
		for _, p := range providers {
			linked, err := linkedProjects(ctx, tx, p.ID)
			if err != nil {
				return err
			}
			list = append(list, ProviderSummary{p, linked})
		}
		return nil
	})
	return list, err
}

func linkedProjects(ctx context.Context, tx *store.Tx, providerID string) ([]LinkedProject, error) {
	links, err := store.All(tx.EveryLink(ctx, store.LinkFilter{ProviderID: providerID}))
	if err != nil {
		return nil, err
	}
	linked := make([]LinkedProject, len(links))
	for i, l := range links {
		project, err := tx.Project(ctx, l.ProjectID)
		if err != nil {
			return nil, err
		}
		linked[i] = LinkedProject{
			ProjectID:      project.ID,
			ProjectName:    project.Name,
			LinkID:         l.ID,
			RepositoryName: l.RepositoryName,
			Attention:      l.AttentionReason,
		}
	}
	return linked, nil
}
