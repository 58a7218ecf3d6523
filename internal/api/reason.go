package api

import (
	"github.com/danielgtaylor/huma/v2"

	"towpath"
	"towpath/internal/wording"
)

// Reason says why something is in its state, for programs and for people.
type Reason struct {
	Code   reasonCode        `json:"code"`
	Params map[string]string `json:"params,omitempty" doc:"Values for the code, such as a path or a version."`
	Causes []Reason          `json:"causes,omitempty" nullable:"false" doc:"What led to it, or what it summarizes."`
	Text   string            `json:"text" doc:"The reason in English."`
}

// reasonCode describes towpath.ReasonCode as a closed set, so that a client that misspells a code
// does not compile.
type reasonCode towpath.ReasonCode

// Schema implements huma.SchemaProvider.
func (reasonCode) Schema(r huma.Registry) *huma.Schema {
	const name = "ReasonCode"
	codes := &huma.Schema{Type: huma.TypeString, Description: "What happened; it is stable."}
	for _, code := range wording.Codes() {
		codes.Enum = append(codes.Enum, string(code))
	}
	r.Map()[name] = codes
	return &huma.Schema{Ref: "#/components/schemas/" + name}
}

// reasonOf converts a reason; nil for none.
func reasonOf(r towpath.Reason) *Reason {
	if r.IsZero() {
		return nil
	}
	return &Reason{
		Code:   reasonCode(r.Code),
		Params: r.Params,
		Causes: reasonsOf(r.Causes),
		Text:   wording.Text(r),
	}
}

func reasonsOf(list []towpath.Reason) (shown []Reason) {
	for _, r := range list {
		shown = append(shown, *reasonOf(r))
	}
	return shown
}
