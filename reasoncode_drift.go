package towpath

// Why nothing can be said about the schema of a database.
const (
	// ReasonSchemaNoBase: no change has left a schema to compare with. No params.
	ReasonSchemaNoBase ReasonCode = "schema-no-base"
	// ReasonSchemaUnread: the schema was not read since it was last known. No params.
	ReasonSchemaUnread ReasonCode = "schema-unread"
	// ReasonSchemaHalfway: a file that failed or is unknown may have left a part. Params: path.
	ReasonSchemaHalfway ReasonCode = "schema-halfway"
)

// The outcome of a file that takes a change by hand back.
const (
	// ReasonRepairedAlready: the schema was as the file would leave it, so it was recorded and did not
	// run. No params.
	ReasonRepairedAlready ReasonCode = "repaired-already"
	// ReasonRepairMisfit: the schema is another one than the file was written for. No params.
	ReasonRepairMisfit ReasonCode = "repair-misfit"
	// ReasonRepairUnread: this server does not read schemas, so it cannot compare. No params.
	ReasonRepairUnread ReasonCode = "repair-unread"
	// ReasonNoPullScope: the account of the link may not open pull requests. Params: permission, branch.
	ReasonNoPullScope ReasonCode = "no-pull-scope"
	// ReasonNoPullRequests: Towpath cannot open pull requests at this provider. Params: branch.
	ReasonNoPullRequests ReasonCode = "no-pull-requests"
	// ReasonPullRefused: the provider did not open a pull request. Params: branch. Causes: why.
	ReasonPullRefused ReasonCode = "pull-refused"
)
