package towpath

// Why a migration cannot be undone, and what follows from one that was.
const (
	// ReasonUndone: a person has undone the file here, and it does not run again by itself. No
	// params.
	ReasonUndone ReasonCode = "undone"
	// ReasonHalfUndone: an undo did a part of its statements here, so the database has a part of the
	// version. Params: version, done, total.
	ReasonHalfUndone ReasonCode = "half-undone"
	// ReasonUndoGoesOn: it was not tried, since an earlier undo did a part of it. Params: done.
	ReasonUndoGoesOn ReasonCode = "undo-goes-on"
	// ReasonWaitsForUndo: it waits for a plan, since an older version was undone while it waited.
	// Params: version.
	ReasonWaitsForUndo ReasonCode = "waits-for-undo"
	// ReasonUndoNothing: the ledger has no version that ran here and is still applied.
	ReasonUndoNothing ReasonCode = "undo-nothing"
	// ReasonUndoRecorded: the newest version was recorded without running. Params: version.
	ReasonUndoRecorded ReasonCode = "undo-recorded"
	// ReasonNoWayBack: the text that was applied has no way back.
	ReasonNoWayBack ReasonCode = "no-way-back"
	// ReasonUndoAmbiguous: more than one file may be the way back. Params: path, other.
	ReasonUndoAmbiguous ReasonCode = "undo-ambiguous"
	// ReasonUndoTooLarge: the file that is the way back is larger than 1 MiB. Params: path.
	ReasonUndoTooLarge ReasonCode = "undo-too-large"
	// ReasonUndoCommitGone: the repository no longer has the commit whose tree has the way back.
	// Params: commit.
	ReasonUndoCommitGone ReasonCode = "undo-commit-gone"
	// ReasonUndoLater: a database of a later environment has the version. Params: version, environment,
	// database.
	ReasonUndoLater ReasonCode = "undo-later"
	// ReasonUndoUnread: it is not known whether a database of a later environment has the version.
	// Params: environment, database.
	ReasonUndoUnread ReasonCode = "undo-unread"
	// ReasonUndoBusy: a task of the database runs, has failed or is unknown. Params: path.
	ReasonUndoBusy ReasonCode = "undo-busy"
	// ReasonUndoLaterBusy: a task that brings the version to a later environment has begun. Params:
	// version, environment, database.
	ReasonUndoLaterBusy ReasonCode = "undo-later-busy"
	// ReasonUndoMoved: the database has another text of the version, or a newer version, by now.
	// Params: version.
	ReasonUndoMoved ReasonCode = "undo-moved"
	// ReasonUndoUnlinked: no repository of the project has brought the version, or it was unlinked.
	// Params: path.
	ReasonUndoUnlinked ReasonCode = "undo-unlinked"
	// ReasonUndoTriedNowhere: the project does not rehearse, so the way back was not tried.
	ReasonUndoTriedNowhere ReasonCode = "undo-tried-nowhere"
	// ReasonUndoUntried: the way back could not be tried. Causes: why.
	ReasonUndoUntried ReasonCode = "undo-untried"
	// ReasonUndoFails: a step of back, forth and back failed in a scratch database. Params: step, line.
	// Causes: why.
	ReasonUndoFails ReasonCode = "undo-fails"
	// ReasonUndoDiffers: such a step did not restore the schema in a scratch database. Params: step.
	ReasonUndoDiffers ReasonCode = "undo-differs"
	// ReasonUndoLedger: the ledger of the database cannot be relied on now.
	ReasonUndoLedger ReasonCode = "undo-ledger"
)
