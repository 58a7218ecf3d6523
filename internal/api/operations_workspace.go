package api

// workspaceTexts describe what all projects share.
var workspaceTexts = map[string]operationText{
	"listEnvironments": {"List environments",
		"Lists them in the order in which changes pass through, with gates and limits."},
	"createEnvironment": {"Create an environment",
		"Adds an environment behind all others. Choose a manual start for one in which people decide " +
			"when changes run."},
	"orderEnvironments": {"Order environments",
		"Sets the order of all environments at once. Open rollouts keep the order that they were made with."},
	"changeEnvironment": {"Change an environment",
		"Changes only the fields that you send: name, gate, windows, limits and variables. " +
			"New limits apply from the next attempt of each task."},
	"deleteEnvironment": {"Delete an environment",
		"Deletes an environment without instances. Delete or move those first."},
	"getApprovalHook": {"Get where an environment asks for approvals",
		"Returns the address of the program that is asked, and the newest request to it. The secret is " +
			"not returned."},
	"putApprovalHook": {"Set where an environment asks for approvals",
		"Sends a signed request there for each stage that needs consent, also for those that wait already."},
	"deleteApprovalHook": {"Stop asking for approvals outside",
		"Removes the address. From then on, only people in Towpath are asked."},
	"testApprovalHook": {"Test the approval address",
		"Sends a test there and returns what came of it. Call it after you set an address."},
	"answerOutside": {"Answer a request for approval",
		"Approves or refuses what waits in an environment. Programs outside call it with a token of the " +
			"scope `approvals` " +
			"and the evidence that the request had."},

	"listReceivers": {"List receivers of notifications",
		"Lists where notifications are sent, each with its newest message."},
	"addReceiver": {"Add a receiver",
		"Sends states that begin from now on to a webhook, Slack, Teams or mail addresses."},
	"putReceiver": {"Change a receiver",
		"Replaces what a receiver is told of, and where. Its kind stays."},
	"deleteReceiver": {"Delete a receiver", "Nothing more is sent there."},
	"testReceiver":   {"Test a receiver", "Sends a test and returns what came of it."},
	"listNotifications": {"List messages to a receiver",
		"Lists them newest first, with the reason of each failure."},
	"replayNotification": {"Send a notification again",
		"Sends it with the same id. Call it when the receiver was down for longer than Towpath tries."},

	"listReviewRules": {"List rules of the SQL review",
		"Lists all rules by id, with what they look for and their settings. Send the ETag to save an " +
			"unchanged answer."},
	"listReviewPolicies": {"List review policies", "Lists the levels of the rules in each environment."},
	"changeReviewPolicy": {"Change a review policy",
		"Changes only the levels and settings that you send. Open rollouts and branches are reviewed again."},

	"listInstances": {"List instances", "Lists the database servers and SQLite folders, without passwords."},
	"addInstance": {"Add an instance",
		"Stores how to connect, with the password encrypted. Check the same body first, and discover its " +
			"databases next."},
	"checkInstanceSpec": {"Check a connection before adding it",
		"Connects with the body and returns what is missing, each with a fix. Nothing is stored."},
	"getInstance": {"Get an instance", "Returns one instance without its password."},
	"changeInstance": {"Change an instance",
		"Changes only the fields that you send. A new address, user or option needs the password again."},
	"deleteInstance": {"Delete an instance",
		"Removes it from Towpath and changes nothing on the server. Unassign its databases first."},
	"checkInstance": {"Check an instance", "Connects now and returns what is missing, each with a fix."},
	"discoverDatabases": {"Discover databases",
		"Reads the list of databases from the server. New ones have no project yet."},
	"listEngineTypes": {"List engines",
		"Lists the kinds of databases with the fields and options that a form for them needs."},

	"listPauses": {"List pauses", "Lists what is paused, by whom and why."},
	"pauseAll": {"Pause everything",
		"Keeps every task from starting until somebody resumes. What runs may finish. Call it during an " +
			"incident."},
	"resumeAll": {"Resume everything",
		"Ends the pause of everything. Pauses of databases and rollouts stay."},
}
