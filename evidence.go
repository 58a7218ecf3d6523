package towpath

import (
	"fmt"
	"slices"
	"strings"
)

// Stage is what waits at the gate of one environment in a rollout, with all that the decision about
// it depends on besides approvals and the time.
type Stage struct {
	// what the last checks saw, by database id; nil where the gate does not watch schemas
	Schemas map[string]SchemaWatch

	Environment Environment
	Project     Project
	Tasks       []Task                // that wait, in the order in which they run
	Ready       bool                  // the environments before it are done
	Ledgers     map[string]int64      // number of the newest known write, by database id
	Reviewing   bool                  // the SQL review of the rollout is not done
	Reviews     map[string]TextReview // of the environment's texts, by checksum
	Answerers   map[string]Answerer   // the members whose answers may count, by id
	Schedule    Schedule              // of its start; zero for none
	Strangers   []Reason              // authors that are no member, and files without a known author
	Filling     Filling               // what is put into the files
	Pull        PullReading           // of its pull request; zero when it was not read
}

// TextReview is what the SQL review says of one text in an environment.
type TextReview struct {
	Digest string // of the findings and their levels
	Worse  bool   // warning or worse, or it has not seen everything
}

// Answerer is a member as a gate sees one.
type Answerer struct {
	Roles  []ApproverRole // none of a member who was deactivated
	Author bool           // an author or committer of a file of the stage
}

// Evidence identifies what a person starts or approves. It has one part for each of evidenceParts,
// without those at its end that are about nothing.
type Evidence string

// evidenceParts name what can move, in the order of the parts. ReasonMovedOrder is about the order
// and the databases of each text, and moves with others.
var evidenceParts = []Reason{
	Why(ReasonMovedFiles), Why(ReasonMovedDatabases), Why(ReasonMovedLimits), Why(ReasonMovedGate),
	Why(ReasonMovedFindings), Why(ReasonMovedOrder), Why(ReasonMovedVariables), Why(ReasonMovedSchemas),
}

// lastlyParts is how many of the parts may be about nothing.
const lastlyParts = 2

// Evidence returns what is decided about: the texts, their databases with the position of their
// ledgers, the limits, what the gate asks for, the findings of the review, the order, the variables, and
// the drift of schemas.
func (s Stage) Evidence() Evidence {
	var texts, databases, findings []string
	var order strings.Builder
	for _, t := range s.Tasks {
		texts = append(texts, fmt.Sprintf("%q %q %q %q", t.Version, t.Type, t.Action, t.Checksum))
		databases = append(databases, fmt.Sprintf("%q %q %d", t.EnvironmentID, t.DatabaseID,
			s.Ledgers[t.DatabaseID]))
		findings = append(findings, fmt.Sprintf("%q %q", t.Checksum, s.Reviews[t.Checksum].Digest))
		fmt.Fprintf(&order, "%q %q %q %q %q\n", t.DatabaseID, t.Version, t.Type, t.Action, t.Checksum)
	}
	parts := []string{
		digestSet(texts), digestSet(databases), digest([]byte(s.limits())), s.Environment.Gate.Version(),
		digestSet(findings), digest([]byte(order.String())),
	}
	parts = append(parts, s.Filling.Digest(), s.drift())
	return Evidence(strings.TrimRight(strings.Join(parts, "."), "."))
}

// drift is the digest of what is known of the schemas; "" when all are as they should be, or the gate
// does not watch them. A schema of which nothing is known counts only where the gate asks for drift:
// elsewhere its first check would end every answer.
func (s Stage) drift() string {
	var lines []string
	for id, w := range s.Schemas {
		state, _ := w.State()
		if state == DriftSeen || state == DriftUnknown && s.Environment.AskDrift {
			lines = append(lines, fmt.Sprintf("%q %q %q", id, state, w.Key()))
		}
	}
	if len(lines) == 0 {
		return ""
	}
	return digestSet(lines)
}

// drifted names the databases whose schema is not known to be as it should be, if the gate asks.
func (s Stage) drifted() (names []string) {
	if !s.Environment.AskDrift {
		return nil
	}
	for _, t := range s.Tasks {
		state, _ := s.Schemas[t.DatabaseID].State()
		if state != DriftNone && !slices.Contains(names, t.Database) {
			names = append(names, t.Database)
		}
	}
	return names
}

// digestSet is the digest of lines, whatever their order and however often each occurs.
func digestSet(lines []string) string {
	slices.Sort(lines)
	return digest([]byte(strings.Join(slices.Compact(lines), "\n")))
}

// limits are how long changes may wait and run, and whether they may change roles.
func (s Stage) limits() string {
	e, p := s.Environment, s.Project
	return fmt.Sprint(e.LockTimeoutOf(p).Timeout, e.StatementTimeoutOf(p).Timeout, e.MaxLockTimeout,
		e.MaxStatementTimeout, e.AllowRoles)
}

// Moved says which parts differ from what is there now; none when the evidence is the same.
func (e Evidence) Moved(now Evidence) (moved []Reason) {
	before, known := e.parts()
	after, knownNow := now.parts()
	if !known || !knownNow {
		return []Reason{Why(ReasonMovedFiles)}
	}
	for i, part := range evidenceParts {
		if before[i] != after[i] && (part.Code != ReasonMovedOrder || len(moved) == 0) {
			moved = append(moved, part)
		}
	}
	return moved
}

// parts returns one part for each of evidenceParts, "" for one about nothing. known is false for a
// text that is no evidence.
func (e Evidence) parts() (parts []string, known bool) {
	parts = strings.Split(string(e), ".")
	missing := len(evidenceParts) - len(parts)
	if missing < 0 || missing > lastlyParts {
		return nil, false
	}
	return append(parts, make([]string, missing)...), true
}

// Pass identifies what a start lets through for one task: its text and database, the limits, the gate,
// the findings, the variables and the drift of its schema. A task runs only while its pass is that of its
// start.
func (s Stage) Pass(t Task) string {
	text := fmt.Appendf(nil, "%q %q %q %q %q %q %q %q %q", t.EnvironmentID, t.DatabaseID, t.Version,
		t.Type, t.Action, t.Checksum, s.limits(), s.Environment.Gate.Version(), s.Reviews[t.Checksum].Digest)
	if filling := s.Filling.Digest(); filling != "" {
		text = fmt.Appendf(text, " %q", filling)
	}
	if drift := s.Schemas[t.DatabaseID].Key(); drift != "" { // a change that runs with it leaves it open
		text = fmt.Appendf(text, " drift %q", drift)
	}
	return digest(text)
}

// ReviewOf sums up the review of one text from its rows, of which an environment has several when its
// databases hold different things.
func ReviewOf(files []ReviewedFile) TextReview {
	var lines []string
	worse := len(files) == 0
	for _, f := range files {
		worse = worse || !f.Reviewed() || !f.Reason.IsZero() || f.Errors+f.Warnings > 0 ||
			len(f.NotAnalyzed)+f.MoreGaps > 0
		lines = append(lines, fmt.Sprintf("%t %q %d %d %d %d", f.Reviewed(), f.Reason.Code, f.Errors,
			f.Warnings, f.MoreNotKept, len(f.NotAnalyzed)+f.MoreGaps))
		for _, found := range f.Findings {
			lines = append(lines, fmt.Sprintf("%q %q %d %d", found.Rule, found.Level, found.Line,
				found.Column))
		}
	}
	return TextReview{Digest: digestSet(lines), Worse: worse}
}
