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
