package api

// repositoryTexts describe Git providers and the accounts that are used there.
var repositoryTexts = map[string]operationText{
	"listGitProviderTypes": {"List types of Git providers",
		"Lists the supported services with the steps, permissions and callback address that a person " +
			"needs there."},
	"startVerification": {"Verify a new Git provider",
		"Checks the credentials of an OAuth application and returns the provider's page to open. " +
			"The secret is encrypted at once. Then add the provider with the id of the verification."},
	"getVerification": {"Get a verification",
		"Returns whether the person has come back from the provider, and what was granted. Verifications " +
			"end after ten minutes."},
	"listGitProviders": {"List Git providers", "Lists the added providers, without secrets."},
	"addGitProvider": {"Add a Git provider",
		"Adds the provider of a verification that succeeded. Each verification is good once."},
	"renameGitProvider": {"Rename a Git provider", "Changes the name that people see."},
	"deleteGitProvider": {"Delete a Git provider",
		"Deletes a provider without links, and its accounts. Delete the links first."},
	"startSecretReplacement": {"Verify a new secret",
		"Checks new credentials of a provider and returns the page to open. Call it when the secret was " +
			"renewed there."},
	"replaceSecret": {"Replace the secret",
		"Stores the credentials of a verification that succeeded. Links go on with them."},
	"startGrant": {"Connect your account",
		"Returns the provider's page on which you let Towpath use your account, to link repositories " +
			"with it."},
	"listGrants": {"List your accounts",
		"Lists your own accounts at a provider, and why one no longer works."},
	"listRepositories": {"List repositories",
		"Lists the repositories that the account administers, the latest change first. Choose one of " +
			"them for a link."},
	"listBranches": {"List branches", "Lists the branches of a repository, to choose one for a link."},
}
