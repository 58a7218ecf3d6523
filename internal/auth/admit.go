package auth

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"towpath"
	"towpath/internal/store"
)

// rank orders roles by what they may do.
var rank = []towpath.Role{towpath.RoleMember, towpath.RoleDBA, towpath.RoleOwner}

// roleOf is the highest role that a person's groups give; ok is false when none gives one.
func (o *SingleSignOn) roleOf(groups []string) (role towpath.Role, ok bool) {
	best := -1
	for _, group := range groups {
		if role, known := o.Roles[group]; known {
			best = max(best, slices.Index(rank, role))
		}
	}
	if best < 0 {
		return "", false
	}
	return rank[best], true
}

// admit begins a session for a person whom the provider has confirmed. Somebody new becomes the member
// with the same verified e-mail address. Without such a member, they join when their groups give a role.
func (s *Service) admit(ctx context.Context, p person) (session string, err error) {
	o := s.SingleSignOn
	role, hasRole := o.roleOf(p.groups)
	if len(o.Roles) > 0 && !hasRole {
		return "", towpath.Errorf(towpath.CodeForbidden,
			"None of your groups at %s has access to this workspace. Ask a workspace owner.", o.Name)
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		// Otherwise nobody could set the workspace up, and it would have no owner.
		if list, err := tx.Members(ctx, store.Page{Limit: 1}); err != nil || len(list) == 0 {
			if err == nil {
				err = towpath.Errorf(towpath.CodeForbidden,
					"This workspace has no owner yet. Set it up with the token that the server prints.")
			}
			return err
		}
		m, err := s.memberOf(ctx, tx, p, role)
		if err != nil {
			return err
		}
		if m.DeactivatedAt != nil {
			return towpath.Errorf(towpath.CodeForbidden,
				"%s is deactivated in this workspace. Ask a workspace owner.", m.Email)
		}
		if m, err = s.follow(ctx, tx, m, p, role); err != nil {
			return err
		}
		session, err = begin(ctx, tx, m)
		return err
	})
	return session, err
}

// memberOf finds or makes the member that a person is.
func (s *Service) memberOf(
	ctx context.Context, tx *store.Tx, p person, role towpath.Role,
) (m towpath.Member, err error) {
	o := s.SingleSignOn
	m, err = tx.MemberBySubject(ctx, o.Issuer, p.subject)
	if towpath.ErrorCode(err) != towpath.CodeNotFound {
		return m, err
	}
	email, invalid := normalizeEmail(p.email)
	if invalid != nil {
		return m, towpath.Errorf(towpath.CodeForbidden,
			"%s has no verified e-mail address of you. Verify it there, then sign in again.", o.Name)
	}
	m, err = tx.MemberByEmail(ctx, email)
	switch {
	case err == nil && m.Subject != "" && m.Issuer == o.Issuer:
		return m, towpath.Errorf(towpath.CodeForbidden,
			"%s belongs to another account at %s here. Ask a workspace owner.", email, o.Name)
	case err == nil || towpath.ErrorCode(err) != towpath.CodeNotFound:
		return m, err
	case role == "":
		return m, towpath.Errorf(towpath.CodeForbidden,
			"%s is not a member of this workspace. Ask a workspace owner to invite you.", email)
	}
	name, _, _ := strings.Cut(email, "@")
	m = towpath.Member{
		Email: email, Name: towpath.ClipRunes(cmp.Or(strings.TrimSpace(p.name), name), maxNameLength),
		Role: role, Issuer: o.Issuer, Subject: p.subject,
	}
	if err := tx.CreateMember(ctx, &m); err != nil {
		return m, err
	}
	tx.Emit(towpath.Actor{Member: m}.Did(towpath.ActMemberSignOn, m.ID, "", "email", m.Email,
		"role", string(m.Role), "provider", o.Name))
	return m, nil
}

// follow keeps a member's account and role as the provider has them. The last owner stays one: a
// change of groups must not lock everybody out.
func (s *Service) follow(
	ctx context.Context, tx *store.Tx, was towpath.Member, p person, role towpath.Role,
) (towpath.Member, error) {
	m := was
	m.Issuer, m.Subject = s.SingleSignOn.Issuer, p.subject
	m.Role = cmp.Or(role, m.Role)
	if m.Role == was.Role && m.Subject == was.Subject && m.Issuer == was.Issuer {
		return m, nil
	}
	if err := tx.UpdateMember(ctx, &m); err != nil {
		return m, err
	}
	if was.Role == towpath.RoleOwner && m.Role != towpath.RoleOwner {
		owners, err := tx.CountOwners(ctx)
		if err != nil {
			return m, err
		}
		if owners == 0 {
			m.Role = was.Role
			if err := tx.UpdateMember(ctx, &m); err != nil {
				return m, err
			}
		}
	}
	if m.Subject != was.Subject || m.Issuer != was.Issuer {
		tx.Emit(towpath.Actor{Member: m}.Did(towpath.ActMemberSignOn, m.ID, "", "email", m.Email,
			"role", string(m.Role), "provider", s.SingleSignOn.Name))
	}
	emitMemberChange(tx, towpath.Actor{}, was, m)
	return m, nil
}
