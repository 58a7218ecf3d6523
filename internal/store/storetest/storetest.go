// Package storetest makes metadata, and rows of it, that tests of several packages need.
package storetest

import (
	"context"

	"towpath"
	"towpath/internal/store"
)

// AddLink adds the link "link" of a project, synced at a commit, with the member, the provider and
// the grant that it needs.
func AddLink(ctx context.Context, tx *store.Tx, projectID, commit string) error {
	m := towpath.Member{Email: "ada@example.com", Role: towpath.RoleOwner}
	if err := tx.CreateMember(ctx, &m); err != nil {
		return err
	}
	p := towpath.GitProvider{ID: "provider", EncryptedSecret: []byte{1}}
	if err := tx.CreateGitProvider(ctx, &p); err != nil {
		return err
	}
	g := towpath.Grant{
		ID:                    "grant",
		ProviderID:            p.ID,
		MemberID:              m.ID,
		EncryptedAccessToken:  []byte{1},
		EncryptedRefreshToken: []byte{1},
	}
	if err := tx.CreateGrant(ctx, &g); err != nil {
		return err
	}
	return tx.CreateLink(ctx, &towpath.RepositoryLink{
		ID:                  "link",
		ProjectID:           projectID,
		ProviderID:          p.ID,
		GrantID:             g.ID,
		LatePolicy:          towpath.LateHold,
		HookState:           towpath.HookPolling,
		EncryptedHookSecret: []byte{1},
		SyncedCommit:        commit,
	})
}
