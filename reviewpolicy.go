package towpath

import "slices"

// ReviewLevel is how much a finding of the SQL review matters.
type ReviewLevel string

// The levels, the gravest first. Off keeps a rule from running.
const (
	ReviewError   ReviewLevel = "error"
	ReviewWarning ReviewLevel = "warning"
	ReviewInfo    ReviewLevel = "info"
	ReviewOff     ReviewLevel = "off"
)

var reviewLevels = []ReviewLevel{ReviewError, ReviewWarning, ReviewInfo, ReviewOff}

// Valid reports whether l is one of the levels.
func (l ReviewLevel) Valid() bool { return slices.Contains(reviewLevels, l) }

// AtLeast reports whether l is as grave as minimum, or graver.
func (l ReviewLevel) AtLeast(minimum ReviewLevel) bool {
	return slices.Index(reviewLevels, l) <= slices.Index(reviewLevels, minimum)
}

// ReviewPreset is a set of levels for all rules to begin with.
type ReviewPreset string

// The presets. Recommended has the levels of the rules themselves. Strict raises what a team has to
// agree on first. Quiet keeps errors, and warnings of what locks or loses something.
const (
	ReviewRecommended ReviewPreset = "recommended"
	ReviewStrict      ReviewPreset = "strict"
	ReviewQuiet       ReviewPreset = "quiet"
)

// ReviewPolicy says how much the findings of each rule of the SQL review matter in an environment.
// The preset decides about every rule that Levels does not name. Package sqlreview knows the rules,
// and checks a policy against them.
type ReviewPolicy struct {
	Preset   ReviewPreset                 `json:"preset,omitempty"`   // "" is recommended
	Levels   map[string]ReviewLevel       `json:"levels,omitempty"`   // by rule id
	Settings map[string]map[string]string `json:"settings,omitempty"` // by rule id and name
	// the rules that neither a comment nor a repository's towpath.yaml weakens here; "*" is all
	Insist []string `json:"insist,omitempty"`
}
