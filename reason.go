package towpath

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Reason says why something is in its state: a code of the closed set below, with params. It is
// stored and sent as data; package wording renders the sentence. The zero Reason means none.
type Reason struct {
	Code   ReasonCode        `json:"code"`
	Params map[string]string `json:"params,omitempty"`
	Causes []Reason          `json:"causes,omitempty"` // what led to it, or what it summarizes
}

// ReasonCode is one of the constants of the files reasoncode*.go.
type ReasonCode string

const (
	maxCauses = 20       // kept per reason
	maxParam  = 12 << 10 // bytes per param
)

// Why makes a reason. The params are alternating names and values; each value is cut to 12 KiB.
func Why(code ReasonCode, params ...string) Reason {
	return Reason{Code: code, Params: pairs(params)}
}

// pairs makes params of alternating names and values; nil of none.
func pairs(list []string) map[string]string {
	if len(list) == 0 {
		return nil
	}
	params := make(map[string]string, len(list)/2)
	for i := 0; i+1 < len(list); i += 2 {
		params[list[i]] = ClipMore(strings.ReplaceAll(list[i+1], "\x00", "\uFFFD"), maxParam, 0)
	}
	return params
}

// maxSkipReason limits a person's explanation for skipping, in characters.
const maxSkipReason = 1000

// Skipped is the reason for a migration that a person skips. It returns CodeInvalid on the field
// reason when the text is empty or too long.
func Skipped(text string) (Reason, error) {
	text = strings.TrimSpace(text)
	if text == "" || utf8.RuneCountInString(text) > maxSkipReason {
		return Reason{}, Invalid("reason", "Say in 1 to %d characters why the migration is skipped.",
			maxSkipReason)
	}
	return Why(ReasonSkipped, "text", text), nil
}

// From returns the reason with its causes, of which it keeps the first 20. Zero causes are dropped.
func (r Reason) From(causes ...Reason) Reason {
	causes = slices.DeleteFunc(slices.Clone(causes), Reason.IsZero)
	if more := len(causes) - maxCauses; more > 0 {
		causes = append(causes[:maxCauses:maxCauses], Why(ReasonMore, "n", strconv.Itoa(more)))
	}
	if r.Causes = causes; len(causes) == 0 {
		r.Causes = nil
	}
	return r
}

// IsZero reports whether there is no reason.
func (r Reason) IsZero() bool { return r.Code == "" }

// String formats a reason for logs and tests: the code, the params by name, and the causes in
// brackets.
func (r Reason) String() string {
	var out strings.Builder
	out.WriteString(string(r.Code))
	for _, name := range slices.Sorted(maps.Keys(r.Params)) {
		out.WriteString(" " + name + "=" + r.Params[name])
	}
	for _, cause := range r.Causes {
		out.WriteString(" (" + cause.String() + ")")
	}
	return out.String()
}

// Equal reports whether two reasons have the same code, params and causes.
func (r Reason) Equal(other Reason) bool {
	return r.Code == other.Code && maps.Equal(r.Params, other.Params) &&
		slices.EqualFunc(r.Causes, other.Causes, Reason.Equal)
}
