package towpath_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"towpath"
)

// facts are what an approval is of. The model compares them field by field, the product by hashes.
type facts struct {
	text, ledger, limit, finding int
	people                       int
	manual, warnings             bool
	asks                         bool // whether the gate asks a person while there is a drift
	drift                        int  // 0: there is none, or the gate does not watch; 1 and 2 are two of them
}

// consent is what one person has answered about facts.
type consent struct {
	of      facts
	who     int
	refused bool
	at      time.Time
}

// gateModel is an environment with one task that runs again and again.
type gateModel struct {
	facts
	closed   bool // a freeze from noon to midnight, which is nothing that people decide about
	now      time.Time
	author   int
	answers  []consent
	answered []towpath.Approval
	schedule towpath.Schedule
	planned  facts // what the schedule is of
	state    towpath.TaskState
	pass     string
	started  facts // what the start was of
	glass    bool
	seen     facts // what a person looked at
	seenHash towpath.Evidence
	hash     towpath.Evidence // of the facts; "" when they have moved
	starts   int
	ordered  int // starts by a schedule
	runs     int
}

// members are four people: 0 to 2 may approve, 3 has no role that is asked.
const members = 4

func (m *gateModel) gate() towpath.Gate {
	g := towpath.Gate{Start: towpath.StartAutomatic, Consent: towpath.Consent{People: m.people}}
	if m.manual {
		g.Start = towpath.StartManual
	}
	if m.warnings {
		g.AskIf = towpath.AskWarnings
	}
	g.AskDrift = m.asks
	if m.closed {
		g.Windows = []towpath.Window{{Effect: towpath.WindowDeny, From: "12:00", Minutes: 720, Zone: "UTC"}}
	}
	return g
}

func (m *gateModel) task() towpath.Task {
	return towpath.Task{
		DatabaseID: "d", Action: towpath.ActionApply, State: m.state, Pass: m.pass,
		Migration: towpath.Migration{Checksum: fmt.Sprint("text ", m.text)},
	}
}

func (m *gateModel) stage() towpath.Stage {
	s := towpath.Stage{
		Ready:       true,
		Environment: towpath.Environment{Name: "prod", Gate: m.gate(), LockTimeout: time.Duration(m.limit + 1)},
		Tasks:       []towpath.Task{m.task()},
		Ledgers:     map[string]int64{"d": int64(m.ledger)},
		Answerers:   map[string]towpath.Answerer{},
	}
	s.Reviews = map[string]towpath.TextReview{
		s.Tasks[0].Checksum: {Digest: fmt.Sprint(m.finding), Worse: m.finding > 0},
	}
	for who := range members - 1 {
		s.Answerers[fmt.Sprint(who)] = towpath.Answerer{
			Roles: []towpath.ApproverRole{towpath.ApproveDBA}, Author: who == m.author,
		}
	}
	s.Schedule = m.schedule
	if m.watches() {
		w := towpath.SchemaWatch{SchemaCheck: towpath.SchemaCheck{Base: "a", Found: "a", CheckedAt: &m.now}}
		if m.drift > 0 {
			w.See(fmt.Sprint(m.drift), m.now)
		}
		s.Schemas = map[string]towpath.SchemaWatch{"d": w}
	}
	return s
}

// watches reports by the model's own rules whether a drift ends what people decided.
func (m *gateModel) watches() bool { return m.asks || m.manual || m.people > 0 }

// due reports by the model's own rules whether a schedule stands for the person who presses Start.
func (m *gateModel) due() bool {
	since := m.now.Sub(m.schedule.At)
	return m.schedule.ID != "" && m.planned == m.facts && since >= 0 && since < time.Hour &&
		m.schedule.MemberID != fmt.Sprint(members-1)
}

func (m *gateModel) evidence() towpath.Evidence {
	if m.hash == "" {
		m.hash = m.stage().Evidence()
	}
	return m.hash
}

func (m *gateModel) frozen() bool { return m.closed && m.now.Hour() >= 12 }

// mayStart says by the model's own rules why nothing may start; "" when it may.
func (m *gateModel) mayStart() string {
	if m.frozen() {
		return "it is frozen"
	}
	if m.people == 0 || (m.warnings && m.finding == 0 && !(m.asks && m.drift > 0)) {
		return ""
	}
	yes := map[int]bool{}
	for _, a := range m.answers {
		if a.of != m.facts || m.now.Sub(a.at) >= 7*24*time.Hour || a.who == members-1 {
			continue
		}
		if a.refused {
			return "somebody refused"
		}
		if a.who != m.author {
			yes[a.who] = true
		}
	}
	if len(yes) < m.people {
		return fmt.Sprintf("%d of %d approve", len(yes), m.people)
	}
	return ""
}

// start makes the task pending when the gate says so, as a person who pressed Start, or by itself.
func (m *gateModel) start(t *testing.T, evidence towpath.Evidence, person bool) {
	t.Helper()
	if m.state != towpath.TaskHeld || evidence != m.evidence() {
		return
	}
	s := m.stage()
	d := m.gate().Decide(s, evidence, m.answered, m.now)
	if d.Verdict != towpath.VerdictStart && !(person && d.ForPerson()) {
		return
	}
	if why := m.mayStart(); why != "" {
		t.Fatalf("started, but %s: %+v", why, m)
	}
	asked := m.manual && (!m.warnings || m.finding > 0) || m.asks && m.drift > 0
	if !person && asked && !m.due() {
		t.Fatalf("started without a person: %+v", m)
	}
	m.state, m.pass, m.started, m.glass = towpath.TaskPending, s.Pass(s.Tasks[0]), m.facts, false
	m.starts++
	if !person && m.manual && m.due() {
		m.ordered++
	}
}

// claim runs the task, as the executor does in its transaction.
func (m *gateModel) claim(t *testing.T) {
	t.Helper()
	if m.state != towpath.TaskPending {
		return
	}
	s := m.stage()
	d := s.Claim(m.task(), m.glass, m.now)
	switch d.Verdict {
	case towpath.VerdictClosed:
		m.state = towpath.TaskHeld
		return
	case towpath.VerdictWait:
		return
	}
	if m.gate().Holds() {
		now := m.facts
		now.ledger = m.started.ledger // the task itself writes there
		if now != m.started || (m.frozen() && !m.glass) {
			t.Fatalf("runs what was not started: %+v", m)
		}
	}
	m.state, m.pass = towpath.TaskHeld, ""
	m.runs++
}

// step does one thing that may happen.
func (m *gateModel) step(t *testing.T, r *rand.Rand) {
	t.Helper()
	before := m.facts
	switch r.IntN(15) {
	case 0:
		m.text, m.finding = r.IntN(3), r.IntN(2)
		m.author = m.text // each text has its author
	case 1:
		m.ledger = r.IntN(2)
	case 2:
		m.limit = r.IntN(2)
	case 3:
		m.finding, m.drift = r.IntN(2), r.IntN(3)
	case 4:
		m.people, m.manual = r.IntN(3), r.IntN(2) == 0
		m.warnings, m.closed = r.IntN(3) == 0, r.IntN(3) == 0
		m.asks, m.drift = r.IntN(2) == 0, r.IntN(3)
	case 5, 6, 7:
		m.answer(r)
	case 8:
		m.withdraw(r.IntN(members))
	case 9:
		m.now = m.now.Add([]time.Duration{time.Hour, 11 * time.Hour, 3 * 24 * time.Hour}[r.IntN(3)])
	case 10:
		m.seen, m.seenHash = m.facts, m.evidence()
	case 11:
		if m.seenHash == m.evidence() && m.seen != m.facts {
			t.Fatalf("other facts have the same evidence: %+v", m)
		}
		m.start(t, m.seenHash, true)
	case 12:
		m.start(t, m.evidence(), false)
	case 13:
		m.claim(t)
	case 14:
		m.plan(r)
	}
	if !m.watches() {
		m.drift = 0
	}
	if m.facts != before {
		m.hash = ""
	}
}

// plan schedules a start of what a person saw.
func (m *gateModel) plan(r *rand.Rand) {
	if r.IntN(3) > 0 {
		m.seen, m.seenHash = m.facts, m.evidence()
	}
	m.planned = m.seen
	m.schedule = towpath.Schedule{
		ID: "s", MemberID: fmt.Sprint(r.IntN(members)), Evidence: m.seenHash,
		At: m.now.Add([]time.Duration{0, time.Hour, 12 * time.Hour}[r.IntN(3)]),
	}
}

// answer is one person's yes or no to what is there, or to what the person saw before.
func (m *gateModel) answer(r *rand.Rand) {
	a := consent{of: m.facts, who: r.IntN(members), refused: r.IntN(6) == 0, at: m.now}
	hash := m.evidence()
	if r.IntN(4) == 0 && m.seenHash != "" {
		a.of, hash = m.seen, m.seenHash
	}
	m.withdraw(a.who)
	m.answers = append(m.answers, a)
	m.answered = append(m.answered, towpath.Approval{
		MemberID: fmt.Sprint(a.who), Evidence: hash, Refused: a.refused, At: a.at,
	})
}

func (m *gateModel) withdraw(who int) {
	m.answers = slices.DeleteFunc(m.answers, func(a consent) bool { return a.who == who })
	m.answered = slices.DeleteFunc(m.answered, func(a towpath.Approval) bool {
		return a.MemberID == fmt.Sprint(who)
	})
}

// In a million steps of pushes, edits, answers, policies and time, nothing starts whose evidence is
// not approved, and nothing runs that was not started.
func TestGate_startsOnlyWhatIsApproved(t *testing.T) {
	t.Parallel()
	const worlds, steps = 500, 2000
	starts, ordered, runs := 0, 0, 0
	for seed := range worlds {
		r := rand.New(rand.NewPCG(uint64(seed), 37)) //nolint:gosec // a model needs no secret numbers
		m := gateModel{now: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), state: towpath.TaskHeld}
		for range steps {
			m.step(t, r)
		}
		starts += m.starts
		ordered += m.ordered
		runs += m.runs
	}
	if starts < worlds || ordered < worlds/2 || runs < worlds {
		t.Errorf("%d starts, %d by schedules, and %d runs in %d worlds show nothing", starts, ordered, runs, worlds)
	}
	t.Logf("%d starts, %d by schedules, and %d runs in %d steps", starts, ordered, runs, worlds*steps)
}
