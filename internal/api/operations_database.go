package api

// databaseTexts describe databases, what they hold, and what changed them.
var databaseTexts = map[string]operationText{
	"listDatabases": {"List databases",
		"Lists the databases that you may see. Filter by project or instance, or list those without a " +
			"project."},
	"getDatabase": {"Get a database",
		"Returns one database with the state of its ledger and whether it is paused."},
	"assignDatabase": {"Assign a database to a project",
		"Gives a database to a project, or takes it away with an empty `projectId`. Its links then plan " +
			"again."},
	"adoptLedger": {"Adopt the ledger of a copy",
		"Claims a ledger that was written for another database, so that its migrations count as applied " +
			"here. " +
			"Call it when you restored a copy on purpose."},
	"acceptLedger": {"Accept a ledger as it is",
		"Seals a ledger that was changed outside, or restored from a backup. Migrations that it lacks " +
			"then run. " +
			"Look at the database first."},
	"getSchemaCheck": {"Get the schema check",
		"Returns how the schema compares with what changes left, as of the last check."},
	"checkSchema": {"Check the schema now",
		"Reads the schema and compares it with what the last change left."},
	"acceptSchema": {"Accept the schema as found",
		"Takes the schema that you looked at for what it should be, with a reason. The drift then ends."},
	"getDrift": {"Get a drift", "Returns a difference in the schema that no change made, with both schemas."},
	"getRepair": {"Get the SQL that takes a drift back",
		"Writes the statements from the schema as found to the one before, as far as they are sure to have " +
			"that effect, and names the rest. It runs nothing."},
	"openRepair": {"Open a repair as a pull request",
		"Commits the SQL that takes a drift back as the next migration, to a branch of its own in the repository " +
			"of the database, and opens a pull request. Where the account of the link may not, there is only the " +
			"branch, and `because` says what to do. Calling it again returns the same branch and pull request."},
	"makeBaselineFile": {"Make a baseline file",
		"Writes the schema as the text of one migration, and tries it in a scratch database where it can. " +
			"Commit the text yourself: the database and the repository stay as they are."},
	"pauseDatabase": {"Pause a database",
		"Keeps tasks of this database from starting. What runs may finish."},
	"resumeDatabase": {"Resume a database",
		"Ends the pause of the database. Tasks start again by themselves."},
	"getUndo": {"Preview an undo",
		"Returns the newest version, the way back that would run, and why it is refused if it is. It " +
			"changes nothing."},
	"undoVersion": {"Undo the newest version",
		"Orders the way back of the version that you looked at. It passes the gate of its environment as " +
			"any change does."},
	"listChanges": {"List the change history",
		"Lists what Towpath did in the database, newest first, with commit and author."},
	"getChange": {"Get a change",
		"Returns one change with its text, and the schemas before and after it where they were kept."},
}
