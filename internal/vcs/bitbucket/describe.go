package bitbucket

import (
	"slices"
	"strings"

	"towpath"
	"towpath/internal/vcs"
)

// The scopes that Towpath asks for;
// https://developer.atlassian.com/cloud/bitbucket/rest/intro/#authentication.
const (
	scopeAccount         = "account"
	scopeWebhook         = "webhook"
	scopeRepositoryWrite = "repository:write"
	scopePullRequest     = "pullrequest"       // optional
	scopePullWrite       = "pullrequest:write" // optional
)

var neededScopes = []string{scopeAccount, scopeWebhook, scopeRepositoryWrite}

// impliedScopes lists the scopes that a scope includes directly.
var impliedScopes = map[string][]string{
	"account:write":     {"account"},
	"repository:write":  {"repository"},
	"pullrequest":       {"repository"},
	"pullrequest:write": {"pullrequest", "repository:write"},
	"project":           {"repository"},
	"pipeline:write":    {"pipeline"},
	"pipeline:variable": {"pipeline:write"},
	"runner:write":      {"runner"},
	"snippet:write":     {"snippet"},
}

// scopeGroups are the headings of the consumer form.
var scopeGroups = map[string]string{
	"account": "Account", "email": "Account", "repository": "Repositories", "pullrequest": "Pull requests",
	"webhook": "Webhooks", "project": "Projects", "pipeline": "Pipelines", "runner": "Runners",
	"snippet": "Snippets",
}

// Describe implements vcs.Driver.
func (d *Driver) Describe() vcs.Description {
	return vcs.Description{
		Type:          towpath.ProviderBitbucket,
		Name:          "Bitbucket.org",
		InstanceURL:   d.cloud.cfg.InstanceURL,
		AppLabel:      "OAuth consumer",
		IDLabel:       "Key",
		SecretLabel:   "Secret",
		CallbackLabel: "Callback URL",
		Reports:       true,
		AdminNotice: "You need to be an administrator of the Bitbucket workspace " +
			"in which the OAuth consumer is made.",
		Steps: []string{
			"In Bitbucket, open Workspace settings → OAuth consumers and choose Add consumer.",
			"Enter a Name that people will recognize on the consent page, for example Towpath.",
			"Enter the Callback URL exactly as it is shown here.",
			"Tick “This is a private consumer”.",
			"Tick the permissions that are listed here, and Save.",
			"Click the consumer's name in the list to see its Key and Secret, and enter both here.",
		},
		Rungs: []vcs.Rung{{
			Number: vcs.RungPullRequests,
			Name:   "Pull requests",
			Gives: "one comment on each pull request, kept up to date; tasks for what somebody must " +
				"confirm; the command “towpath review”",
			Permissions: []vcs.Permission{{
				Group: "Pull requests", Label: "Read", Scope: scopePullRequest,
				Why: "to list pull requests and to comment on them; it cannot approve or merge",
			}},
		}, {
			Number: vcs.RungOpenPullRequests,
			Name:   "Opening pull requests",
			Gives:  "a pull request for the SQL that takes a change by hand back",
			Permissions: []vcs.Permission{{
				Group: "Pull requests", Label: "Write", Scope: scopePullWrite,
				Why: "to open pull requests; it could also merge, which Towpath never does",
			}},
		}},
		Permissions: []vcs.Permission{
			{
				Group: "Account", Label: "Read", Scope: scopeAccount,
				Why: "to know who connects, and which workspaces there are",
			},
			{Group: "Webhooks", Label: "Read and write", Scope: scopeWebhook, Why: "to hear of pushes"},
			{
				Group: "Repositories", Label: "Write", Scope: scopeRepositoryWrite,
				Why: "to read migrations, set build statuses and write the schema back",
			},
		},
	}
}

// Missing implements vcs.Provider.
func (p *Provider) Missing(scopes []string) []string {
	return missingLabels(neededScopes, scopes)
}

// Rung implements vcs.Provider.
func (p *Provider) Rung(scopes []string) int {
	switch {
	case len(missingLabels([]string{scopePullWrite}, scopes)) == 0:
		return vcs.RungOpenPullRequests
	case len(missingLabels([]string{scopePullRequest}, scopes)) == 0:
		return vcs.RungPullRequests
	}
	return 0
}

// missingLabels describes the required scopes that granted neither contains nor implies.
func missingLabels(required, granted []string) []string {
	held := map[string]bool{}
	for todo := slices.Clone(granted); len(todo) > 0; todo = todo[1:] {
		if !held[todo[0]] {
			held[todo[0]] = true
			todo = append(todo, impliedScopes[todo[0]]...)
		}
	}
	var labels []string
	for _, scope := range required {
		if label := scopeLabel(scope); !held[scope] && !slices.Contains(labels, label) {
			labels = append(labels, label)
		}
	}
	return labels
}

// neededLabels is missingLabels for a refusal: when everything seems granted, it describes all
// scopes in the answer.
func neededLabels(required, granted []string) []string {
	if labels := missingLabels(required, granted); len(labels) > 0 {
		return labels
	}
	return missingLabels(required, nil)
}

// scopeLabel describes a scope in the words of the consumer form; an unknown one stays as it is.
func scopeLabel(scope string) string {
	name, access, _ := strings.Cut(scope, ":")
	group, known := scopeGroups[name]
	switch {
	case !known:
		return scope
	case name == "webhook":
		return group + ": Read and write"
	case name == "email":
		return group + ": Email"
	case access == "":
		return group + ": Read"
	case access == "variable":
		return group + ": Edit variables"
	}
	return group + ": " + strings.ToUpper(access[:1]) + access[1:]
}
