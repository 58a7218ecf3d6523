package api

// rolloutTexts describe rollouts, and what people decide about their stages and tasks.
var rolloutTexts = map[string]operationText{
	"listRollouts": {"List rollouts",
		"Lists the rollouts of all projects that you may see, newest first."},
	"listProjectRollouts": {"List rollouts of a project", "Lists the rollouts of one project, newest first."},
	"getRollout": {"Get a rollout",
		"Returns its stages, tasks and what each waits for. Each stage has the `evidence` to start or " +
			"approve it with."},
	"getReceipt": {"Download the receipt of a rollout",
		"Issues a signed file that says what happened in a rollout that has ended. Keep its bytes as they are: " +
			"`towpath verify` checks it without the server."},
	"getReview": {"Get the SQL review of a rollout",
		"Returns the findings in the files of the rollout, each with its line."},
	"startStage": {"Start a stage",
		"Starts what waits for a person in an environment. It is refused when something has changed " +
			"since you looked."},
	"answerStage": {"Approve or refuse a stage",
		"Answers the gate of an environment for what you saw. Authors of the changes cannot approve them."},
	"withdrawAnswer": {"Withdraw your answer",
		"Takes back your approval or refusal, as long as the changes have not started."},
	"breakGlass": {"Start past the gate",
		"Starts a stage whatever its gate says, with a reason. " +
			"Another person is asked to look at it within 24 hours."},
	"lookAtStart": {"Record a second look",
		"Notes that you have looked at a start past the gate, and what you found."},
	"scheduleStage": {"Schedule a start",
		"Starts what you saw at a time within 30 days, in place of an earlier schedule. " +
			"Nothing starts when it has changed by then."},
	"unscheduleStage": {"Cancel a schedule", "Removes the schedule. The stage waits for a person again."},
	"pauseRollout": {"Pause a rollout",
		"Keeps its tasks from starting, also those of a newer rollout that takes over. What runs may " +
			"finish."},
	"resumeRollout": {"Resume a rollout", "Ends the pause of the rollout. Tasks start again by themselves."},
	"getTask": {"Get a task",
		"Returns a task with its text, its attempts and the reason of its state."},
	"listStatements": {"List statements of an attempt",
		"Lists the outcome of each statement in order: rows, seconds, errors and messages of the database."},
	"retryTask": {"Retry a task", "Runs a failed task again with the current text of the branch."},
	"cancelTask": {"Cancel a task",
		"Asks to stop a running task in its database. Read the task again: it may finish first."},
	"releaseTask": {"Release a task", "Lets a held task run, such as one whose version is late."},
	"skipTask": {"Skip a task",
		"Skips this text in this database with a reason. A new text is planned again."},
	"getStanding": {"Compare a file with its database",
		"Returns which tables, columns and indexes of the file the database has already. Call it before " +
			"you mark a task."},
	"markTask": {"Mark a task as applied",
		"Records the file of a held or failed task in the ledger, when somebody has applied it by hand. " +
			"Nothing runs."},
	"resolveTask": {"Resolve an unknown outcome",
		"Says whether the interrupted statement took effect. Look into the database first; Towpath " +
			"believes you."},
}
