package gitea

import (
	"slices"
	"strings"

	"towpath"
	"towpath/internal/vcs"
)

// The scopes that Towpath asks for. https://docs.gitea.com/development/oauth2-provider#scopes
const (
	scopeUser       = "read:user"
	scopeRepository = "write:repository"
)

var permissions = []vcs.Permission{
	{Group: "user", Label: "Read", Scope: scopeUser, Why: "to know who connects"},
	{
		Group: "repository", Label: "Read and write", Scope: scopeRepository,
		Why: "to read migrations, hear of pushes, set commit statuses and write the schema back",
	},
}

func neededScopes() (scopes []string) {
	for _, p := range permissions {
		scopes = append(scopes, p.Scope)
	}
	return scopes
}

// Describe implements vcs.Driver.
func (d *Driver) Describe() vcs.Description {
	return vcs.Description{
		Type:          towpath.ProviderGitea,
		Name:          "Gitea",
		AddressLabel:  "Gitea URL",
		AppLabel:      "OAuth2 application",
		IDLabel:       "Client ID",
		SecretLabel:   "Client Secret",
		CallbackLabel: "Redirect URI",
		AdminNotice: "Any account can make an OAuth2 application. Make it with an account that stays, " +
			"or as an administrator for the whole instance.",
		Steps: []string{
			"In Gitea or Forgejo, open Settings → Applications. " +
				"Under “Manage OAuth2 Applications”, create a new one.",
			"Enter an Application Name that people recognize on the consent page, for example Towpath.",
			"Enter the Redirect URI exactly as it is shown here.",
			"Keep “Confidential Client” ticked, and create the application.",
			"Copy the Client ID and the Client Secret, which is shown once, and enter both here.",
		},
		Permissions: permissions,
		NoRungs: "On Gitea and Forgejo the review of a branch is a commit status that links to it. " +
			"There are no comments on pull requests.",
	}
}

// Missing implements vcs.Provider. The application has no form for scopes: the consent page asks
// for what we ask for.
func (p *Provider) Missing(scopes []string) (labels []string) {
	for _, needed := range permissions {
		if !held(scopes, needed.Scope) {
			labels = append(labels, label(needed.Scope))
		}
	}
	return labels
}

// Rung implements vcs.Provider: there is none above what is needed.
func (p *Provider) Rung([]string) int { return 0 }

// held reports whether a scope is granted; write includes read, and all includes everything.
func held(granted []string, scope string) bool {
	_, of, _ := strings.Cut(scope, ":")
	return slices.Contains(granted, scope) || slices.Contains(granted, "write:"+of) ||
		slices.Contains(granted, "all")
}

// label describes a scope in words.
func label(scope string) string {
	for _, p := range permissions {
		if p.Scope == scope {
			return p.Group + ": " + p.Label
		}
	}
	return scope
}
