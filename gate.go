package towpath

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// StartMode says how the changes of a rollout start in an environment.
type StartMode string

const (
	StartAutomatic StartMode = "automatic" // when the environments before it are done
	StartManual    StartMode = "manual"    // when a person starts them
)

// AskIf says when people are asked before changes start: for consent, and for a manual start.
type AskIf string

const (
	AskAlways   AskIf = "always"
	AskWarnings AskIf = "warnings" // when the SQL review says warning or worse, or has not seen all
)

// ApproverRole is a role whose holders may consent.
type ApproverRole string

const (
	ApproveOwner            ApproverRole = "owner" // of the workspace
	ApproveDBA              ApproverRole = "dba"
	ApproveProjectOwner     ApproverRole = "project-owner"
	ApproveProjectDeveloper ApproverRole = "project-developer"
)

// Approvers lists the roles that consent can be asked of.
func Approvers() []ApproverRole {
	return []ApproverRole{ApproveOwner, ApproveDBA, ApproveProjectOwner, ApproveProjectDeveloper}
}

// usualApprovers are asked when a gate names no roles: who may also press Start.
var usualApprovers = []ApproverRole{ApproveOwner, ApproveDBA, ApproveProjectOwner}

// maxConsent bounds how many people can be asked for.
const maxConsent = 10

// ApprovalLasts is how long an approval counts.
const ApprovalLasts = 7 * 24 * time.Hour

// Consent asks people other than the authors. The zero Consent asks nobody.
type Consent struct {
	People int            `json:"people"`          // how many, each with one of Roles
	Roles  []ApproverRole `json:"roles,omitempty"` // none: owners, DBAs and project owners

	// PullRequests counts approvals of the pull request that brought the changes, too.
	PullRequests bool `json:"pullRequests,omitempty"`
}

// Of returns the roles that are asked.
func (c Consent) Of() []ApproverRole {
	if len(c.Roles) == 0 {
		return usualApprovers
	}
	return c.Roles
}

// String lists how many people are asked, and their roles.
func (c Consent) String() string {
	if c.People == 0 {
		return ""
	}
	roles := make([]string, 0, len(c.Of()))
	for _, role := range c.Of() {
		roles = append(roles, string(role))
	}
	text := strconv.Itoa(c.People) + " of " + strings.Join(roles, ", ")
	if c.PullRequests {
		text += ", also by the pull request"
	}
	return text
}

// Gate says what changes need before they start in an environment. The zero Gate is open.
type Gate struct {
	Start   StartMode `json:"-"`               // "" is automatic; the store keeps it by itself
	AskIf   AskIf     `json:"askIf,omitempty"` // "" is always
	Consent Consent   `json:"consent,omitzero"`
	Windows []Window  `json:"windows,omitempty"` // none: changes may start at any time
	// ask a person to start what waits while a schema has drifted, or it is not known whether it has
	AskDrift bool `json:"askDrift,omitempty"`
}

// Holds reports whether the gate asks for anything before changes start.
func (g Gate) Holds() bool {
	return g.Start == StartManual || g.Consent.People > 0 || len(g.Windows) > 0 || g.AskDrift
}

// WatchesSchemas reports whether what is known of schemas is a part of what people decide about: then
// a difference that no change made ends their answer.
func (g Gate) WatchesSchemas() bool {
	return g.Start == StartManual || g.Consent.People > 0 || g.AskDrift
}

// Version identifies what the gate asks for. Two gates that ask for the same have the same version.
// Freezes are left out: like a pause, they say only that nothing begins now, so an approval lasts
// through one.
func (g Gate) Version() string {
	if g.AskDrift {
		g.AskDrift = false
		return digest([]byte("drift " + g.Version()))
	}
	var roles []ApproverRole
	if g.Consent.People > 0 {
		roles = slices.Sorted(slices.Values(g.Consent.Of()))
	}
	var allowed []Window
	for _, w := range g.Windows {
		if w.Effect == WindowAllow {
			allowed = append(allowed, w)
		}
	}
	parts := []any{
		cmp.Or(g.Start, StartAutomatic), cmp.Or(g.AskIf, AskAlways), g.Consent.People, roles, allowed,
	}
	if g.Consent.People > 0 && g.Consent.PullRequests {
		parts = append(parts, "pull-requests")
	}
	text, _ := json.Marshal(parts) // strings and numbers always have a JSON form
	return digest(text)
}

// digest is the SHA-256 of a text, in 43 characters.
func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// HeldReason is why the plan holds a change of the environment with this gate. It names the person who
// presses Start only where nothing else is asked.
func (g Gate) HeldReason(environment string) Reason {
	if g.Start == StartManual && g.Consent.People == 0 && len(g.Windows) == 0 {
		return Why(ReasonManualStart, "environment", environment)
	}
	return Why(ReasonGate, "environment", environment)
}

// validate checks the gate. Its fields have the names of the API.
func (g Gate) validate() error {
	if g.Start != StartAutomatic && g.Start != StartManual {
		return Invalid("start", "Choose %s or %s.", StartAutomatic, StartManual)
	}
	if g.AskIf != "" && g.AskIf != AskAlways && g.AskIf != AskWarnings {
		return Invalid("askIf", "Choose %s or %s.", AskAlways, AskWarnings)
	}
	if g.Consent.People < 0 || g.Consent.People > maxConsent {
		return Invalid("consent.people", "Ask for 1 to %d people, or for 0 to ask nobody.", maxConsent)
	}
	for i, role := range g.Consent.Roles {
		if !slices.Contains(Approvers(), role) {
			return Invalid("consent.roles", "Nobody has the role %q. Choose among %s, %s, %s and %s.", role,
				ApproveOwner, ApproveDBA, ApproveProjectOwner, ApproveProjectDeveloper)
		}
		if slices.Contains(g.Consent.Roles[:i], role) {
			return Invalid("consent.roles", "The role %s is named twice. Name it once.", role)
		}
	}
	return validateWindows(g.Windows)
}

// WaitsForStart reports whether the task is held only by the gate of its environment.
func (t Task) WaitsForStart() bool {
	return t.State == TaskHeld && (t.Reason.Code == ReasonManualStart || t.Reason.Code == ReasonGate)
}

// Waiting returns the tasks that wait at the gate of an environment, in the order in which they run.
// It leaves out migrations that are held in an environment before. ready is false while an
// environment before it is not done.
func (r Rollout) Waiting(environmentID string) (tasks []Task, ready bool) {
	type step struct {
		MigrationID
		path string
	}
	held := map[step]int{} // the earliest stage in which it is held
	moving := -1           // the earliest stage that is not done
	for _, t := range effective(r.Tasks) {
		key := step{t.File(), t.Path}
		stage, known := held[key]
		if t.State == TaskHeld && !known {
			held[key] = t.Stage
		}
		if blocks(t.State) && moving < 0 {
			moving = t.Stage
		}
		if t.EnvironmentID == environmentID && t.WaitsForStart() && (!known || stage == t.Stage) {
			tasks = append(tasks, t)
		}
	}
	onlyUndo := !slices.ContainsFunc(tasks, func(t Task) bool { return t.Type != TypeUndo })
	return tasks, len(tasks) > 0 && (moving < 0 || moving >= tasks[0].Stage || onlyUndo)
}
