package towpath

// What the tables of other migration tools say, and why that cannot be used.
const (
	// ReasonHistoryUnread: the tables of other migration tools cannot be read. Causes: why.
	ReasonHistoryUnread ReasonCode = "history-unread"
	// ReasonHistoryCut: a table of another tool has more rows than are read. Params: tool, table.
	ReasonHistoryCut ReasonCode = "history-cut"
	// ReasonHistoryHidden: the user of the instance may not read a table of another tool. Params:
	// tool, table.
	ReasonHistoryHidden ReasonCode = "history-hidden"
	// ReasonHistoryHalfway: another tool did not finish the file. Params: tool, table.
	ReasonHistoryHalfway ReasonCode = "history-halfway"
	// ReasonHistoryWritten: another tool has written to its table after it was accepted. Params: tool,
	// table, since.
	ReasonHistoryWritten ReasonCode = "history-written"
	// ReasonHistoryContradicted: another tool has a file as applied, and the database shows otherwise. Params:
	// tool, path. Causes: what it shows.
	ReasonHistoryContradicted ReasonCode = "history-contradicted"
)
