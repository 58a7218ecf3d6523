package towpath

// Why approvals of the pull request that brought changes do not count at a gate.
const (
	// ReasonPullReading: they are read again just before the start. No params.
	ReasonPullReading ReasonCode = "pull-reading"
	// ReasonPullUnread: the last reading failed. Params: text.
	ReasonPullUnread ReasonCode = "pull-unread"
	// ReasonPullPermission: the account of the link may not read pull requests. No params.
	ReasonPullPermission ReasonCode = "pull-permission"
	// ReasonPullUndo: what waits is an undo. No params.
	ReasonPullUndo ReasonCode = "pull-undo"
	// ReasonPullMissing: no pull request was merged as the commit. Params: commit.
	ReasonPullMissing ReasonCode = "pull-missing"
	// ReasonPullTree: what was merged differs from what the pull request had. Params: n.
	ReasonPullTree ReasonCode = "pull-tree"
	// ReasonPullHead: it is not known since when the pull request has its last commit. Params: n.
	ReasonPullHead ReasonCode = "pull-head"
	// ReasonPullPath: a file that waits is not among those that the pull request changed. Params: n,
	// path.
	ReasonPullPath ReasonCode = "pull-path"
	// ReasonPullNone: nobody approved the pull request. Params: n.
	ReasonPullNone ReasonCode = "pull-none"
	// ReasonPullStranger: who approved it is no member by the account, or several. Params: n, account.
	ReasonPullStranger ReasonCode = "pull-stranger"
	// ReasonPullAuthor: who approved it is an author. Params: n, account.
	ReasonPullAuthor ReasonCode = "pull-author"
	// ReasonPullRole: who approved it has no role that is asked. Params: n, account.
	ReasonPullRole ReasonCode = "pull-role"
	// ReasonPullOld: it was approved before its last commit. Params: n, account.
	ReasonPullOld ReasonCode = "pull-old"
	// ReasonPullExpired: the approval is too old. Params: n, account.
	ReasonPullExpired ReasonCode = "pull-expired"
)
