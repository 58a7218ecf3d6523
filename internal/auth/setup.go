package auth

import (
	"context"
	"crypto/subtle"
	"encoding/base32"
	"strings"
	"time"

	"towpath"
	"towpath/internal/store"
)

// SetupNeeded reports whether the workspace has no member yet.
func (s *Service) SetupNeeded(ctx context.Context) (bool, error) {
	var members []towpath.Member
	err := s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		members, err = tx.Members(ctx, store.Page{Limit: 1})
		return err
	})
	return len(members) == 0, err
}

// SetupToken returns the token that the first owner must enter. It is derived from the key file, so
// all replicas have the same one and only the operator can see it. It works while there is no
// member.
func (s *Service) SetupToken() string {
	return strings.ToLower(base32.StdEncoding.EncodeToString(s.Keyring.Derive("setup-token")[:20]))
}

// SignUpFirstOwner creates the first member and their session. CodeUnauthorized means that the
// token is wrong, CodeConflict that there is a member already.
func (s *Service) SignUpFirstOwner(
	ctx context.Context, token, email, name, password string,
) (m towpath.Member, session string, err error) {
	if err := s.setup.allow("", s.Store.Now(), time.Second, 10); err != nil {
		return m, "", err
	}
	needed, err := s.SetupNeeded(ctx)
	if err != nil {
		return m, "", err
	}
	taken := towpath.Errorf(towpath.CodeConflict,
		"The workspace has its first owner already. Sign in, or ask an owner for an invitation.")
	if !needed {
		return m, "", taken
	}
	if subtle.ConstantTimeCompare([]byte(strings.TrimSpace(token)), []byte(s.SetupToken())) != 1 {
		e := towpath.Invalid("token", "This is not the setup token. The server prints it when it starts.")
		e.Code = towpath.CodeUnauthorized
		return m, "", e
	}
	m = towpath.Member{Role: towpath.RoleOwner}
	if m.Email, err = normalizeEmail(email); err != nil {
		return m, "", err
	}
	if m.Name, err = personName(name); err != nil {
		return m, "", err
	}
	if err := checkPassword("password", password); err != nil {
		return m, "", err
	}
	if m.PasswordHash, err = s.hashing.hash(ctx, password); err != nil {
		return m, "", err
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		if list, err := tx.Members(ctx, store.Page{Limit: 1}); err != nil || len(list) > 0 {
			if err == nil {
				err = taken
			}
			return err
		}
		if err := tx.CreateMember(ctx, &m); err != nil {
			return err
		}
		if _, session, err = issue(ctx, tx, towpath.Credential{
			Kind:     towpath.CredentialSession,
			MemberID: m.ID,
		}, SessionTTL); err != nil {
			return err
		}
		tx.Emit(towpath.Actor{Member: m}.Did(towpath.ActMemberSetup, m.ID, ""))
		return nil
	})
	return m, session, err
}
