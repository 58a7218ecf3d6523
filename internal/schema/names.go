package schema

// Names are the objects that a text makes, and those that it mentions: the last parts of their names,
// in lower case. They say what must run first, not what exists.
type Names struct {
	Makes []string `json:"makes,omitempty"`
	Needs []string `json:"needs,omitempty"`
}
