package api

import (
	"towpath"
	"towpath/internal/wording"
)

// Reason says why something is as it is, for programs and for people.
type Reason struct {
	Code   towpath.ReasonCode `json:"code" doc:"A stable word for what happened."`
	Params map[string]string  `json:"params,omitempty" doc:"What the code leaves open, such as a path or a version."`
	Causes []Reason           `json:"causes,omitempty" nullable:"false" doc:"What it comes from, or what it sums up."`
	Text   string             `json:"text" doc:"The whole of it in English."`
}

// reasonOf converts a reason; nil for none.
func reasonOf(r towpath.Reason) *Reason {
	if r.IsZero() {
		return nil
	}
	shown := &Reason{Code: r.Code, Params: r.Params, Text: wording.Text(r)}
	for _, cause := range r.Causes {
		shown.Causes = append(shown.Causes, *reasonOf(cause))
	}
	return shown
}
