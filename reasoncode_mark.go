package towpath

// Why a migration that a person has marked as applied is not recorded.
const (
	// ReasonNotMarked: the database shows that it is not there, so it was not recorded. Causes: what
	// shows it.
	ReasonNotMarked ReasonCode = "not-marked"
	// ReasonMarkLacks: the file makes an object that the database does not have. Params: object.
	ReasonMarkLacks ReasonCode = "mark-lacks"
	// ReasonMarkHas: the file drops an object that the database has. Params: object.
	ReasonMarkHas ReasonCode = "mark-has"
	// ReasonMarkHalfway: only the first statements of the file ran. Params: done, total.
	ReasonMarkHalfway ReasonCode = "mark-halfway"
)
