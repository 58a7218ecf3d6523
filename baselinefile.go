package towpath

// BaselineFile is the schema of a database as the text of one migration.
type BaselineFile struct {
	State  BaselineFileState
	SQL    string // "" when it is refuted
	Server string // on which it was tried, such as "PostgreSQL 15.20"; "" when it was not
	Reason Reason // why it is not proved; zero when it is
	Diff   string // from the schema of the database to the one that the text has made; "" for none
}

// BaselineFileState says whether a baseline file makes the schema that it was written from.
type BaselineFileState string

const (
	BaselineFileProved   BaselineFileState = "proved"   // in a scratch database it has made the same schema
	BaselineFileUnproved BaselineFileState = "unproved" // it was not tried
	BaselineFileRefuted  BaselineFileState = "refuted"  // it failed there, or has made another schema
)
