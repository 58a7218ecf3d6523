package towpath

// What changes wait for at the gate of an environment, and what has moved since somebody looked.
const (
	// ReasonManualStart: changes start in the environment when a person starts them. Params:
	// environment.
	ReasonManualStart ReasonCode = "manual-start"
	// ReasonGate: the gate of the environment holds its changes. Params: environment.
	ReasonGate ReasonCode = "gate"
	// ReasonEarlierEnvironments: environments before it are not done. Params: environment.
	ReasonEarlierEnvironments ReasonCode = "earlier-environments"
	// ReasonReviewRuns: the SQL review decides what the gate asks for, and is not done.
	ReasonReviewRuns ReasonCode = "review-runs"
	// ReasonConsentMissing: people have not consented yet. Params: environment, n.
	ReasonConsentMissing ReasonCode = "consent-missing"
	// ReasonRefused: a person has refused. Params: environment, text.
	ReasonRefused ReasonCode = "refused"
	// ReasonWindowClosed: changes may not start before a time. Params: environment, at.
	ReasonWindowClosed ReasonCode = "window-closed"
	// ReasonWindowNever: no window opens in the next 400 days. Params: environment.
	ReasonWindowNever ReasonCode = "window-never"
	// ReasonScheduled: a person has scheduled the start. Params: environment, at.
	ReasonScheduled ReasonCode = "scheduled"
	// ReasonPausedAll: a person has paused all changes. Params: text.
	ReasonPausedAll ReasonCode = "paused-all"
	// ReasonPausedDatabase: a person has paused the changes of a database. Params: text.
	ReasonPausedDatabase ReasonCode = "paused-database"
	// ReasonPausedRollout: a person has paused the rollout. Params: text.
	ReasonPausedRollout ReasonCode = "paused-rollout"
	// ReasonStrangeAuthor: an author or committer is no member. Params: author.
	ReasonStrangeAuthor ReasonCode = "strange-author"
	// ReasonNoAuthor: it is not known who changed a file. Params: path.
	ReasonNoAuthor ReasonCode = "no-author"
	// ReasonMovedFiles: the files differ from what was seen.
	ReasonMovedFiles ReasonCode = "moved-files"
	// ReasonMovedDatabases: the databases, or what they have, differ from what was seen.
	ReasonMovedDatabases ReasonCode = "moved-databases"
	// ReasonMovedLimits: the limits differ from what was seen.
	ReasonMovedLimits ReasonCode = "moved-limits"
	// ReasonMovedGate: what the environment asks for differs from what was seen.
	ReasonMovedGate ReasonCode = "moved-gate"
	// ReasonMovedFindings: the findings of the SQL review differ from what was seen.
	ReasonMovedFindings ReasonCode = "moved-findings"
	// ReasonMovedVariables: the variables of the environment differ from what was seen.
	ReasonMovedVariables ReasonCode = "moved-variables"
	// ReasonMovedSchemas: other differences are known in schemas than were seen.
	ReasonMovedSchemas ReasonCode = "moved-schemas"
	// ReasonDriftStart: a person must start the changes, since a schema has drifted, or it is not known
	// whether it has. Params: environment, database, n.
	ReasonDriftStart ReasonCode = "drift-start"
	// ReasonMovedOrder: the order of the files differs from what was seen.
	ReasonMovedOrder ReasonCode = "moved-order"
	// ReasonReceiverAnswered: the receiver of a request for approval did not take it. Params: status.
	ReasonReceiverAnswered ReasonCode = "receiver-answered"
	// ReasonNoMailServer: the settings of the server name no SMTP server. No params.
	ReasonNoMailServer ReasonCode = "no-mail-server"
	// ReasonMailNotTaken: the mail server has not taken a mail. Params: text.
	ReasonMailNotTaken ReasonCode = "mail-not-taken"
	// ReasonReceiverUnreached: the receiver could not be reached. Params: text.
	ReasonReceiverUnreached ReasonCode = "receiver-unreached"
)
