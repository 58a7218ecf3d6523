package towpath

// Bounds of what is kept of the notices of a statement.
const (
	MaxNotices    = 20   // of a statement that are kept
	maxNoticeText = 1000 // bytes of each
)

// Notice is what a server says about a statement that went on all the same. It may hold data.
type Notice struct {
	Level string `json:"level"` // the server's word in lower case: "notice", "warning", "info", "note"
	Text  string `json:"text"`
}

// Notices are those of one statement: a script decides how many a server sends.
type Notices struct {
	Kept []Notice `json:"kept,omitempty"` // the first ones, in order
	More int      `json:"more,omitempty"` // that were not kept
}

// Room says whether another one would be kept, so that nobody makes the text of one that would not.
func (n *Notices) Room() bool { return len(n.Kept) < MaxNotices }

// Add keeps a notice where there is room, cut where it is long, and counts it otherwise.
func (n *Notices) Add(level, text string) {
	if !n.Room() {
		n.More++
		return
	}
	n.Kept = append(n.Kept, Notice{Level: level, Text: ClipMore(text, maxNoticeText, 0)})
}

// Limit keeps the first ones only, and counts the rest.
func (n *Notices) Limit(kept int) {
	if len(n.Kept) <= kept {
		return
	}
	n.More += len(n.Kept) - kept
	n.Kept = n.Kept[:kept]
}
