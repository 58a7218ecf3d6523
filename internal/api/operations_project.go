package api

// projectTexts describe projects, and links between them and repositories.
var projectTexts = map[string]operationText{
	"listProjects":  {"List projects", "Lists the projects that you may see."},
	"createProject": {"Create a project", "Makes a project without databases. You become its first owner."},
	"getProject":    {"Get a project", "Returns one project, with your rights in it."},
	"changeProject": {"Change a project",
		"Changes the name or the limits of its changes. New limits apply from the next attempt of each " +
			"task."},
	"listProjectLimits": {"List the limits of a project",
		"Lists for each environment how long changes may wait for locks and run, and which setting says so."},
	"getRehearsalSetting": {"Get the rehearsal setting",
		"Says whether the files of branches are tried in scratch databases."},
	"changeRehearsalSetting": {"Change the rehearsal setting",
		"Turns rehearsals on or off, or chooses their instance. Open branches are reviewed again."},
	"checkRehearsals": {"Check the instances for rehearsals",
		"Returns for each instance whether scratch databases can be made there, and the statement that " +
			"allows it. " +
			"Call it before you turn rehearsals on."},
	"listProjectMembers": {"List members of a project", "Lists who has a role in the project."},
	"setProjectMember": {"Set a role in a project",
		"Adds a member to the project, or changes the role there."},
	"removeProjectMember": {"Remove a member from a project",
		"Takes the role in the project away. The member stays in the workspace."},

	"listLinks": {"List repository links", "Lists the links of a project with their health."},
	"createLink": {"Link a repository",
		"Connects a branch to the project and creates a webhook at the provider. Pending files are " +
			"planned at once. " +
			"Preview the same body first."},
	"previewLink": {"Preview a link",
		"Returns what a link with these settings would do: files, plan and review, and settings that fit " +
			"better. " +
			"Nothing is stored."},
	"listHookRemovals": {"List webhooks to remove",
		"Lists webhooks of former links that Towpath could not remove yet."},
	"forgetHookRemoval": {"Forget a webhook",
		"Call it when you have removed the webhook at the provider yourself, or it is gone."},
	"getLink": {"Get a repository link",
		"Returns the health of a link, its plan, its open rollout and what it waits for. " +
			"Call it to find out why nothing happens."},
	"changeLink": {"Change a repository link",
		"Changes only the fields that you send, and plans again. Preview the same body first."},
	"previewLinkChange": {"Preview a change of a link",
		"Returns what the link would do after the change. Nothing is stored."},
	"deleteLink": {"Delete a repository link",
		"Cancels what has not started, and removes the webhook. Databases and ledgers stay as they are."},
	"syncLink": {"Synchronize now",
		"Looks at the branch without waiting for a webhook or the poll. The answer does not wait for the " +
			"result."},
	"takeOverLink": {"Take over a repository link",
		"Makes the link use your account at the provider. Call it when the person who linked it leaves."},
	"getLinkHistories": {"Get histories of other tools",
		"Compares the files with the history tables of Flyway, Rails and others in the databases of the " +
			"link."},
	"acceptHistories": {"Accept histories of other tools",
		"Records in the ledgers what those histories prove as applied. Nothing runs. Send the " +
			"fingerprint that you saw. A database whose history cannot be used is left out; leftOut says why."},
	"acknowledgeHistories": {"Acknowledge writes of another tool",
		"Ends the warning that another migration tool still writes to its table, until it writes again."},
	"acceptFile": {"Accept an edited file",
		"Records the current text of an edited or moved file as applied in one database. Nothing runs."},
	"acceptEdited": {"Accept all edited files",
		"Records the current texts of all edited files as applied. Nothing runs."},
	"skipFile": {"Skip a file that cannot run",
		"Skips this text in one database with a reason, so that newer files can run."},
	"listFiles": {"List files",
		"Lists every file below the base directory at the synced commit, matched or ignored with the " +
			"reason. " +
			"Send `path` to ask about one file."},
	"listBranchReviews": {"List branch reviews",
		"Lists the open branches that change migrations, and those that ended lately."},
	"getBranchReview": {"Get a branch review",
		"Returns what a branch would do once it is merged: findings, rehearsals and its place in the " +
			"merge order."},
	"getRenumbering": {"Preview a renumbering",
		"Returns the names that the new migrations of a branch would get. It changes nothing."},
	"renumberBranch": {"Renumber a branch",
		"Commits to the branch that its new migrations come behind all others. Call it when a review " +
			"says `late`."},
	"listDeliveries": {"List webhook deliveries",
		"Lists the webhook requests that arrived with a valid signature, and what came of each."},
	"replayDelivery": {"Replay a delivery",
		"Handles a stored delivery again. Call it after you corrected what kept it from working."},
}
