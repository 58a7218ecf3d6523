package towpath

import "time"

// Role is what a member may do in the workspace.
type Role string

const (
	RoleOwner  Role = "owner"
	RoleDBA    Role = "dba"
	RoleMember Role = "member"
)

// ProjectRole is what a member may do in one project.
type ProjectRole string

const (
	ProjectOwner     ProjectRole = "owner"
	ProjectDeveloper ProjectRole = "developer"
)

// Permission is one right; each route of the API names the one it needs.
type Permission string

const (
	ManageGitProviders Permission = "git-providers.manage"
	ManageMembers      Permission = "members.manage"
	ViewWorkspace      Permission = "workspace.view" // environments, instances by name, one's own profile
	ManageEnvironments Permission = "environments.manage"
	ManageInstances    Permission = "instances.manage" // instances, and which project a database belongs to
	CreateProjects     Permission = "projects.create"
	UseGitProviders    Permission = "git-providers.use" // see names of providers, authorize one's own account

	ViewProject    Permission = "project.view"
	ManageProject  Permission = "project.manage" // name, limits, members
	ManageLinks    Permission = "project.links"  // link, edit, unlink a repository
	SyncProject    Permission = "project.sync"   // sync now
	RunRollouts    Permission = "project.run"    // retry, release, skip, cancel
	ResolveUnknown Permission = "project.resolve"
	// Approve is the right to be asked for consent; the gate of an environment says whom it asks.
	Approve    Permission = "project.approve"
	BreakGlass Permission = "project.break-glass" // start past a gate
)

var workspaceRights = map[Role][]Permission{
	RoleOwner: {
		ManageGitProviders, ManageMembers, ViewWorkspace, ManageEnvironments, ManageInstances, CreateProjects,
		UseGitProviders, ViewProject, ManageProject, ManageLinks, SyncProject, RunRollouts, ResolveUnknown,
		Approve, BreakGlass,
	},
	RoleDBA: {
		ViewWorkspace, ManageEnvironments, ManageInstances, CreateProjects, UseGitProviders,
		ViewProject, SyncProject, RunRollouts, ResolveUnknown, Approve,
	},
	RoleMember: {ViewWorkspace, UseGitProviders},
}

var projectRights = map[ProjectRole][]Permission{
	ProjectOwner:     {ViewProject, ManageProject, ManageLinks, SyncProject, RunRollouts, Approve},
	ProjectDeveloper: {ViewProject, SyncProject, Approve},
}

// Can reports whether the role holds the right in the whole workspace, every project included.
func (r Role) Can(p Permission) bool { return contains(workspaceRights[r], p) }

// Can reports whether the role holds the right in its project.
func (r ProjectRole) Can(p Permission) bool { return contains(projectRights[r], p) }

// Permissions lists what the role allows in the whole workspace, every project included.
func (r Role) Permissions() []Permission { return append([]Permission{}, workspaceRights[r]...) }

// Permissions lists what the role allows in its project.
func (r ProjectRole) Permissions() []Permission { return append([]Permission{}, projectRights[r]...) }

// Valid reports whether the role is one of the known ones.
func (r Role) Valid() bool { return len(workspaceRights[r]) > 0 }

// Valid reports whether the role is one of the known ones.
func (r ProjectRole) Valid() bool { return len(projectRights[r]) > 0 }

func contains(list []Permission, p Permission) bool {
	for _, have := range list {
		if have == p {
			return true
		}
	}
	return false
}

// Member is a person of the workspace, or a program that works in it.
type Member struct {
	ID            string
	Email         string // lower case, unique
	Name          string
	PasswordHash  string // argon2id in PHC form; "" while an invitation is open, and of who has single sign-on alone
	Role          Role
	DeactivatedAt *time.Time
	CreatedAt     time.Time

	// Issuer and Subject are who the member is at the OpenID Connect provider; "" before the first
	// single sign-on.
	Issuer  string
	Subject string

	Service bool // a program, which has API tokens and no way to sign in
}

// SignsIn reports whether the member has a way to sign in as a person. A program has none, and nobody
// has one while the invitation is open.
func (m Member) SignsIn() bool { return !m.Service && (m.PasswordHash != "" || m.Subject != "") }

// ProjectMember gives a member a role in one project.
type ProjectMember struct {
	ProjectID string
	MemberID  string
	Role      ProjectRole
	CreatedAt time.Time
}

// CredentialKind says what a Credential is for.
type CredentialKind string

const (
	CredentialSession    CredentialKind = "session"    // a browser, by cookie
	CredentialAPIToken   CredentialKind = "api-token"  // a program, by Authorization: Bearer
	CredentialInvitation CredentialKind = "invitation" // lets an invited member choose a password, once
)

// Credential is a random secret that authenticates a member. Only its hash is stored.
type Credential struct {
	ID         string
	Kind       CredentialKind
	MemberID   string
	Name       string // of an API token, by its owner
	Hash       []byte // SHA-256 of the secret
	CreatedAt  time.Time
	ExpiresAt  *time.Time // nil: until revoked
	LastUsedAt *time.Time
	Scope      TokenScope // of an API token
}

// TokenScope says what a program may do with an API token, at most what its member may.
type TokenScope string

const (
	ScopeFull      TokenScope = "full"      // all that the member may
	ScopeApprovals TokenScope = "approvals" // only approve and refuse changes
)

// Actor is who does something: a member, and the session or API token in use.
type Actor struct {
	Member    Member
	SessionID string // Credential of a browser's session; "" for a program with an API token
	Origin    Origin // the credential in use; the address is not known here
	Token     string // the name of the API token in use; "" for a session
	Scope     TokenScope
}
