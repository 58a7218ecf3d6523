package towpath

import "slices"

// Limits on the notices kept of a statement.
const (
	MaxNotices    = 20   // per statement
	maxNoticeText = 1000 // bytes per notice
)

// Levels of our own notices about a statement that the server ended well. Each means that the
// database may hold something else than the file says, so a person should look.
const (
	NoticeUncompared = "not compared"   // IF NOT EXISTS found an object, nobody knows if it is the same
	NoticeSkipped    = "skipped"        // IF EXISTS found nothing, so nothing was changed
	NoticeOtherwise  = "done otherwise" // the server changed what the statement says, and warned of it
)

// Notice is a message from the server about a statement that did not fail. It may contain data.
type Notice struct {
	Level string `json:"level"` // the server's severity in lower case: "notice", "warning", "info", "note"
	Text  string `json:"text"`
}

// Look reports whether a person should look at what the statement has left.
func (n Notice) Look() bool {
	return n.Level == NoticeUncompared || n.Level == NoticeSkipped || n.Level == NoticeOtherwise
}

// Notices are those of one statement. Their number depends on the script, so it is bounded.
type Notices struct {
	Kept []Notice `json:"kept,omitempty"` // the first ones, in order
	More int      `json:"more,omitempty"` // how many were not kept
}

// Room reports whether another notice would be kept, so that callers need not format one that would
// not.
func (n *Notices) Room() bool { return len(n.Kept) < MaxNotices }

// Add keeps a notice, cut to its limit, while there is room, and counts it otherwise.
func (n *Notices) Add(level, text string) {
	if !n.Room() {
		n.More++
		return
	}
	n.Kept = append(n.Kept, Notice{Level: level, Text: ClipMore(text, maxNoticeText, 0)})
}

// Begin puts a notice in front of the others, even if there is no room.
func (n *Notices) Begin(level, text string) {
	if !n.Room() {
		n.Limit(MaxNotices - 1)
	}
	n.Kept = slices.Insert(n.Kept, 0, Notice{Level: level, Text: ClipMore(text, maxNoticeText, 0)})
}

// Limit keeps only the first notices and counts the rest.
func (n *Notices) Limit(kept int) {
	if len(n.Kept) <= kept {
		return
	}
	n.More += len(n.Kept) - kept
	n.Kept = n.Kept[:kept]
}
