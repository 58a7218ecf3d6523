package towpath

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Approval is a person's answer to one evidence: yes, or no with Refused.
type Approval struct {
	ID            string
	LinkID        string
	ProjectID     string
	RolloutID     string // for which it was given; a later one with the same evidence has it too
	EnvironmentID string
	MemberID      string
	Evidence      Evidence
	Refused       bool
	Why           string // "" when an approval gives no reason
	Source        ApprovalSource
	Token         string // the name of the API token that answered; "" for a person in the console
	PullRequest   int    // the number of the pull request that was approved; 0 for an answer here
	At            time.Time
	WithdrawnAt   *time.Time
}

// ApprovalSource says from where an answer came.
type ApprovalSource string

const (
	FromConsole ApprovalSource = "console"   // a browser's session
	FromAPI     ApprovalSource = "api-token" // a program
)

// Until is when the answer stops counting.
func (a Approval) Until() time.Time { return a.At.Add(ApprovalLasts) }

// StageStart is one start of what waited at a gate.
type StageStart struct {
	ID            string
	LinkID        string
	RolloutID     string
	EnvironmentID string
	MemberID      string // "" when it started by itself
	Evidence      Evidence
	Glass         string // why an owner started it past the gate; "" when the gate was open
	At            time.Time
}

// Verdict is what a gate says.
type Verdict string

const (
	VerdictStart  Verdict = "start"
	VerdictWait   Verdict = "wait"   // for the people or the time that Because names
	VerdictClosed Verdict = "closed" // until something else changes: a refusal is withdrawn, a window is made
)

// Decision is what a gate says about a stage at one moment.
type Decision struct {
	Verdict  Verdict
	Because  []Reason   // all that is missing, what comes first first; none when it starts
	Next     *time.Time // when it may change by itself; nil when only somebody can change it
	Missing  int        // people whose consent is missing
	Approved []Approval // that count
	Refused  []Approval // that count
}

// ForPerson reports whether nothing is missing but a person who presses Start, or the time of a
// schedule.
func (d Decision) ForPerson() bool {
	return d.Verdict == VerdictWait && len(d.Because) == 1 &&
		slices.Contains([]ReasonCode{ReasonManualStart, ReasonScheduled, ReasonDriftStart}, d.Because[0].Code)
}

// Waits reports whether the decision waits for consent.
func (d Decision) Waits() bool { return d.Missing > 0 && d.Verdict == VerdictWait }

// Decide says whether a stage may start now. evidence is that of the stage as it is now, and an
// approval of another one does not count.
func (g Gate) Decide(s Stage, evidence Evidence, approvals []Approval, now time.Time) Decision {
	var d Decision
	name := s.Environment.Name
	if !s.Ready {
		d.Because = append(d.Because, Why(ReasonEarlierEnvironments, "environment", name))
	}
	asked := g.Start == StartManual || g.Consent.People > 0
	if asked && s.Unreviewed() && (g.AskIf == AskWarnings || g.Consent.People > 0) {
		d.Because = append(d.Because, Why(ReasonReviewRuns))
	}
	drifted := s.drifted()
	asked = asked && (g.AskIf != AskWarnings || s.worse() || len(drifted) > 0)
	if asked && g.Consent.People > 0 {
		d.count(g, s, evidence, approvals, now)
	}
	closed := len(d.Refused) > 0
	closed = d.window(g.Windows, name, now) || closed
	if asked && g.Start == StartManual || len(drifted) > 0 {
		d.start(s, drifted, evidence, now)
	}
	if !closed && len(d.Because) == 0 && d.PullStale(s, now) {
		d.Because = append(d.Because, Why(ReasonPullReading))
	}
	switch {
	case closed:
		d.Verdict = VerdictClosed
	case len(d.Because) > 0:
		d.Verdict = VerdictWait
	default:
		d.Verdict = VerdictStart
	}
	return d
}

// start asks for a person who presses Start, unless one has scheduled that and the time has come.
func (d *Decision) start(s Stage, drifted []string, evidence Evidence, now time.Time) {
	name := s.Environment.Name
	switch at := s.Schedule.At; {
	case !s.Schedule.Counts(s, evidence, now) && len(drifted) > 0:
		d.Because = append(d.Because, Why(ReasonDriftStart, "environment", name, "database", drifted[0],
			"n", strconv.Itoa(len(drifted))))
	case !s.Schedule.Counts(s, evidence, now):
		d.Because = append(d.Because, Why(ReasonManualStart, "environment", name))
	case now.Before(at):
		d.Because = append(d.Because, Why(ReasonScheduled, "environment", name,
			"at", at.UTC().Format(time.RFC3339)))
		d.next(at)
	}
}

// Unreviewed reports whether a text waits, and is not only recorded, whose SQL review is not done. The
// findings are part of the evidence, so an approval from before would not count.
func (s Stage) Unreviewed() bool {
	return s.Reviewing && slices.ContainsFunc(s.Tasks, func(t Task) bool { return t.Action == ActionApply })
}

// worse reports whether the review of a text that waits says warning or worse, or is incomplete.
func (s Stage) worse() bool {
	return slices.ContainsFunc(s.Tasks, func(t Task) bool {
		review, reviewed := s.Reviews[t.Checksum]
		return t.Type == TypeUndo || t.Action == ActionApply && (review.Worse || !reviewed)
	})
}

// count counts the answers to the evidence. An author never consents, but may refuse.
func (d *Decision) count(g Gate, s Stage, evidence Evidence, approvals []Approval, now time.Time) {
	seen := map[string]bool{}
	for _, a := range approvals {
		who := s.Answerers[a.MemberID]
		if a.Evidence != evidence || a.WithdrawnAt != nil || seen[a.MemberID] || !now.Before(a.Until()) ||
			(a.Source == FromPullRequest && !g.Consent.PullRequests) || !who.HasOne(g.Consent.Of()) ||
			(who.Author && !a.Refused) {
			continue
		}
		seen[a.MemberID] = true
		d.next(a.Until())
		if a.Refused {
			d.Refused = append(d.Refused, a)
			continue
		}
		d.Approved = append(d.Approved, a)
	}
	for _, a := range d.Refused {
		d.Because = append(d.Because, Why(ReasonRefused, "environment", s.Environment.Name, "text", a.Why))
	}
	if d.Missing = max(g.Consent.People-len(d.Approved), 0); d.Missing > 0 {
		d.Because = append(d.Because, Why(ReasonConsentMissing, "environment", s.Environment.Name,
			"n", strconv.Itoa(d.Missing)))
	}
}

// HasOne reports whether the member has one of the roles.
func (a Answerer) HasOne(roles []ApproverRole) bool {
	return slices.ContainsFunc(a.Roles, func(r ApproverRole) bool { return slices.Contains(roles, r) })
}

// window adds what the windows say. never reports whether none opens.
func (d *Decision) window(windows []Window, environment string, now time.Time) (never bool) {
	if len(windows) == 0 {
		return false
	}
	at, next, ok := opening(windows, now)
	switch {
	case !ok:
		d.Because = append(d.Because, Why(ReasonWindowNever, "environment", environment))
		return true
	case at.After(now):
		d.Because = append(d.Because, Why(ReasonWindowClosed, "environment", environment,
			"at", at.UTC().Format(time.RFC3339)))
	}
	if !next.IsZero() {
		d.next(next)
	}
	return false
}

func (d *Decision) next(at time.Time) {
	if d.Next == nil || at.Before(*d.Next) {
		d.Next = &at
	}
}

// Claim says whether a task that a start made pending may run now: VerdictClosed when it has no pass,
// or what the pass was for has moved. glass is true for a start past the gate. What is only recorded
// needs no pass.
func (s Stage) Claim(t Task, glass bool, now time.Time) Decision {
	gate := s.Environment.Gate
	if !gate.Holds() || t.Action != ActionApply {
		return Decision{Verdict: VerdictStart}
	}
	if t.Pass != s.Pass(t) {
		return Decision{Verdict: VerdictClosed, Because: []Reason{gate.HeldReason(s.Environment.Name)}}
	}
	d := Decision{Verdict: VerdictStart}
	if never := !glass && d.window(gate.Windows, s.Environment.Name, now); never || len(d.Because) > 0 {
		d.Verdict = VerdictWait
	}
	return d
}

// ApproverRoles are the roles that count of a member, who may have a role in the project. A member
// who is invited or was deactivated has none, and a program
// neither.
func ApproverRoles(m Member, project ProjectRole) (roles []ApproverRole) {
	if m.DeactivatedAt != nil || !m.SignsIn() {
		return nil
	}
	switch m.Role {
	case RoleOwner:
		roles = append(roles, ApproveOwner)
	case RoleDBA:
		roles = append(roles, ApproveDBA)
	}
	switch project {
	case ProjectOwner:
		roles = append(roles, ApproveProjectOwner)
	case ProjectDeveloper:
		roles = append(roles, ApproveProjectDeveloper)
	}
	return roles
}

// Exclude marks the members who are authors, by the address or the account, and notes the authors
// that are nobody's. accounts has the members by their accounts at the Git provider.
func (s *Stage) Exclude(authors []Person, members []Member, accounts map[string][]string) {
	noted := map[string]bool{}
	for _, author := range authors {
		var ids []string
		if author.Account != "" {
			ids = slices.Clone(accounts[author.Account])
		}
		for _, m := range members {
			if author.Email != "" && strings.EqualFold(strings.TrimSpace(author.Email), m.Email) {
				ids = append(ids, m.ID)
			}
		}
		for _, id := range ids {
			who := s.Answerers[id]
			who.Author = true
			s.Answerers[id] = who
		}
		if name := cmp.Or(author.String(), "An author without a name"); len(ids) == 0 && !noted[name] {
			noted[name] = true
			s.Strangers = append(s.Strangers, Why(ReasonStrangeAuthor, "author", ClipRunes(name, 200)))
		}
	}
}
