package api

// peopleTexts describe members, how they sign in, and what waits for them.
var peopleTexts = map[string]operationText{
	"getSetup": {"Get the state of the setup",
		"Says whether the server still waits for its first owner. A client then shows a setup form."},
	"setUp": {"Create the first owner",
		"Makes the first owner with the token that the server prints when it starts, and signs in. " +
			"Later calls are refused."},
	"getSignIn": {"List ways to sign in",
		"Says whether passwords are on and whether there is single sign-on. Call it before you show a form."},
	"signIn": {"Sign in with a password",
		"Begins a session and sets its cookie. Programs use an API token instead."},
	"getSession": {"Get the signed-in member",
		"Returns the member whom the cookie or API token stands for, with the member's rights. " +
			"Call it to check a token."},
	"signOut": {"Sign out", "Ends the session of the request and clears its cookie."},
	"changePassword": {"Change your password",
		"Needs the current password. All other sessions of the member end."},
	"listSessions": {"List your sessions",
		"Lists where you are signed in, so that you can end what you do not know."},
	"endSession": {"End a session", "Signs out one of your sessions. Its next request is refused."},
	"listAPITokens": {"List your API tokens",
		"Lists them with name, scope and last use. The secrets are not kept, so they are not returned."},
	"createAPIToken": {"Create an API token",
		"Makes a token for a program that acts as you. The secret is in this response only. " +
			"Call it in a session: a token cannot make others."},
	"revokeAPIToken": {"Revoke an API token", "The next request with it is refused. It cannot be undone."},

	"listMembers": {"List members",
		"Lists everybody in the workspace with their roles, also invited and inactive members."},
	"inviteMember": {"Invite a member",
		"Adds a person and returns a link with which that person sets a password. Pass the link on " +
			"yourself, or have it sent with `byEmail`. The list of members says how far the mail is."},
	"changeMember": {"Change a member",
		"Changes a role, or deactivates or activates a member. Deactivate people who leave: what they " +
			"did stays in the log. " +
			"The last active owner cannot be changed."},
	"inviteMemberAgain": {"Renew an invitation",
		"Returns a new link for a person who has lost a password or the link, or sends it with `byEmail`. " +
			"The earlier link ends."},
	"addServiceAccount": {"Add a service account",
		"Adds a member that is a program. It has no sign-in, and is never asked for consent."},
	"listServiceTokens": {"List tokens of a service account",
		"Lists them with name, scope and last use. The secrets are not kept, so they are not returned."},
	"createServiceToken": {"Create a token of a service account",
		"Makes a token for a program that acts as the service account. The secret is in this response only. " +
			"Call it in a session: a token cannot make others."},
	"revokeServiceToken": {"Revoke a token of a service account", "The next request with it is refused."},
	"acceptInvitation": {"Accept an invitation",
		"Sets a password with the secret of an invitation link, and signs in."},

	"getOverview": {"Get the overview",
		"Sums up every project that you may see in each environment: the newest change, and what waits, " +
			"runs, " +
			"failed or drifted. Call it for a dashboard."},
	"listInbox": {"List what waits for you",
		"Lists the stages of all projects that wait for your start or consent. Each has the `evidence` " +
			"to answer with."},
	"search": {"Search by name",
		"Finds up to five projects, links, databases and rollouts each whose names have all of the words."},
	"getVersion": {"Get the version of the server",
		"Returns the release, the commit and its date. Quote them when you report a problem."},
	"streamEvents": {"Stream changes",
		"Sends an event whenever something that you may see changes, so that a program reads only that " +
			"again. " +
			"Streams end after a minute; connect again."},

	"listAuditEvents": {"List audit events",
		"Lists who did what, newest first. Filter by member, act, subject, project or time."},
	"getAuditHead": {"Get the end of the audit log",
		"Returns the newest number and hash of the chain. Keep them elsewhere to detect a log that was " +
			"cut off."},
	"listReceiptKeys": {"List receipt keys",
		"Lists the public keys by which receipts are signed, oldest first. Give them to those who verify " +
			"receipts."},
	"makeReceiptKey": {"Make a receipt key",
		"Makes a key that signs receipts from now on. Receipts of earlier keys stay valid."},
	"exportAuditEvents": {"Export the audit log",
		"Streams the log from its beginning, or from behind the last event that you have. " +
			"`towpath audit verify` checks the file."},
}
