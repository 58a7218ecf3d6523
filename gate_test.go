package towpath_test

import (
	"strings"
	"testing"
	"time"

	"towpath"
)

func at(t *testing.T, text string) time.Time {
	t.Helper()
	moment, err := time.Parse("2006-01-02 15:04 MST", text)
	if err != nil {
		t.Fatal(err)
	}
	return moment.UTC()
}

func allow(from string, minutes int, days ...string) towpath.Window {
	return towpath.Window{Effect: towpath.WindowAllow, From: from, Minutes: minutes, Zone: "UTC", Days: days}
}

func deny(from string, minutes int, days ...string) towpath.Window {
	w := allow(from, minutes, days...)
	w.Effect = towpath.WindowDeny
	return w
}

// berlin moves a window to a zone whose clock changes on 28 March and 31 October 2027.
func berlin(w towpath.Window) towpath.Window {
	w.Zone = "Europe/Berlin"
	return w
}

func between(w towpath.Window, first, last string) towpath.Window {
	w.FirstDay, w.LastDay = first, last
	return w
}

func TestDecide_knowsWhenWindowsOpen(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		windows []towpath.Window
		now     string
		opens   string // "" now, "never"
	}{
		"no windows":                     {nil, "2027-02-03 12:00 UTC", ""},
		"in a window":                    {[]towpath.Window{allow("22:00", 120)}, "2027-02-03 22:00 UTC", ""},
		"at the end of a window":         {[]towpath.Window{allow("22:00", 120)}, "2027-02-04 00:00 UTC", "2027-02-04 22:00 UTC"},
		"after midnight in a window":     {[]towpath.Window{allow("22:00", 180)}, "2027-02-04 00:59 UTC", ""},
		"a window on another day":        {[]towpath.Window{allow("22:00", 60, "mon")}, "2027-02-03 12:00 UTC", "2027-02-08 22:00 UTC"},
		"deny wins":                      {[]towpath.Window{allow("00:00", 1440), deny("11:00", 120)}, "2027-02-03 12:00 UTC", "2027-02-03 13:00 UTC"},
		"a freeze alone":                 {[]towpath.Window{deny("11:00", 120)}, "2027-02-03 13:00 UTC", ""},
		"a freeze of a weekend":          {[]towpath.Window{deny("18:00", 62*60, "fri")}, "2027-02-07 12:00 UTC", "2027-02-08 08:00 UTC"},
		"a window within a freeze":       {[]towpath.Window{allow("11:30", 30), deny("11:00", 120)}, "2027-02-03 11:45 UTC", "never"},
		"a freeze over new year":         {[]towpath.Window{between(deny("00:00", 1440), "2026-12-20", "2027-01-03")}, "2026-12-31 12:00 UTC", "2027-01-04 00:00 UTC"},
		"before that freeze":             {[]towpath.Window{between(deny("00:00", 1440), "2026-12-20", "2027-01-03")}, "2026-12-19 23:59 UTC", ""},
		"a window that is over for good": {[]towpath.Window{between(allow("22:00", 60), "", "2027-01-03")}, "2027-02-01 00:00 UTC", "never"},
		"a window next summer":           {[]towpath.Window{between(allow("22:00", 60), "2027-07-01", "")}, "2027-02-01 00:00 UTC", "2027-07-01 22:00 UTC"},
		"a window in two years":          {[]towpath.Window{between(allow("22:00", 60), "2029-07-01", "")}, "2027-02-01 00:00 UTC", "never"},
		"a freeze for ever":              {[]towpath.Window{deny("00:00", 1440)}, "2027-02-01 00:00 UTC", "never"},
		"the clock of a zone":            {[]towpath.Window{berlin(allow("22:00", 60))}, "2027-02-03 21:30 UTC", ""},
		"the clock of a zone in summer":  {[]towpath.Window{berlin(allow("22:00", 60))}, "2027-07-03 21:30 UTC", "2027-07-04 20:00 UTC"},
		"the hour that comes twice":      {[]towpath.Window{berlin(deny("00:00", 1440, "sun"))}, "2027-10-31 22:30 UTC", "2027-10-31 23:00 UTC"},
		"a freeze of days without a gap": {[]towpath.Window{berlin(deny("00:00", 1440))}, "2027-10-31 22:30 UTC", "never"},
		"the hour that does not exist":   {[]towpath.Window{berlin(allow("03:00", 60, "sun"))}, "2027-03-28 00:30 UTC", "2027-03-28 01:00 UTC"},
		"a zone that is gone":            {[]towpath.Window{{Effect: towpath.WindowDeny, From: "00:00", Minutes: 1, Zone: "Mars"}}, "2027-02-03 12:00 UTC", "never"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := towpath.Stage{Ready: true, Environment: towpath.Environment{Name: "prod"}}
			now := at(t, c.now)
			d := towpath.Gate{Windows: c.windows}.Decide(s, s.Evidence(), nil, now)
			got := ""
			switch {
			case d.Verdict == towpath.VerdictClosed:
				got = "never"
			case d.Verdict == towpath.VerdictWait:
				opens, err := time.Parse(time.RFC3339, d.Because[0].Params["at"])
				if err != nil || d.Next == nil || d.Next.After(opens) {
					t.Errorf("looks again at %v, opens at %v, %v", d.Next, opens, err)
				}
				got = opens.UTC().Format("2006-01-02 15:04 MST")
			}
			if got != c.opens {
				t.Errorf("opens %q, want %q: %+v", got, c.opens, d)
			}
		})
	}
}

func TestGate_validates(t *testing.T) {
	t.Parallel()
	window := func(change func(*towpath.Window)) towpath.Gate {
		w := allow("22:00", 60)
		change(&w)
		return towpath.Gate{Windows: []towpath.Window{allow("22:00", 60, "mon"), w}}
	}
	for name, c := range map[string]struct {
		gate       towpath.Gate
		field, out string
	}{
		"the zero gate":        {},
		"an unknown question":  {towpath.Gate{AskIf: "never"}, "askIf", "Choose always or warnings"},
		"too many people":      {towpath.Gate{Consent: towpath.Consent{People: 11}}, "consent.people", "0 to ask nobody"},
		"an unknown role":      {towpath.Gate{Consent: towpath.Consent{Roles: []towpath.ApproverRole{"admin"}}}, "consent.roles", "Choose among owner"},
		"a role twice":         {towpath.Gate{Consent: towpath.Consent{Roles: []towpath.ApproverRole{"dba", "dba"}}}, "consent.roles", "Name it once"},
		"an effect":            {window(func(w *towpath.Window) { w.Effect = "" }), "windows[1].effect", "allow or deny"},
		"a day":                {window(func(w *towpath.Window) { w.Days = []string{"Mon"} }), "windows[1].days", "sun, mon"},
		"a day twice":          {window(func(w *towpath.Window) { w.Days = []string{"mon", "mon"} }), "windows[1].days", "twice"},
		"an hour":              {window(func(w *towpath.Window) { w.From = "9:00" }), "windows[1].from", "such as 22:00"},
		"no minutes":           {window(func(w *towpath.Window) { w.Minutes = 0 }), "windows[1].minutes", "7 days"},
		"no zone":              {window(func(w *towpath.Window) { w.Zone = "" }), "windows[1].zone", "Europe/Berlin"},
		"the server's zone":    {window(func(w *towpath.Window) { w.Zone = "Local" }), "windows[1].zone", "Europe/Berlin"},
		"a zone like a path":   {window(func(w *towpath.Window) { w.Zone = "../../etc/passwd" }), "windows[1].zone", "Europe/Berlin"},
		"a first day":          {window(func(w *towpath.Window) { w.FirstDay = "20.12.2026" }), "windows[1].firstDay", "2026-12-20"},
		"a day that is not":    {window(func(w *towpath.Window) { w.LastDay = "2027-02-29" }), "windows[1].lastDay", "such as"},
		"an end before":        {window(func(w *towpath.Window) { w.FirstDay, w.LastDay = "2027-01-02", "2027-01-01" }), "windows[1].lastDay", "or later"},
		"more than 20 windows": {towpath.Gate{Windows: make([]towpath.Window, 21)}, "windows", "at most 20"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.gate.Start = towpath.StartAutomatic
			wantError(t, towpath.Environment{Name: "prod", Gate: c.gate}.Validate(), c.field, c.out)
		})
	}
}

func TestGate_Version(t *testing.T) {
	t.Parallel()
	same := []towpath.Gate{
		{Start: towpath.StartAutomatic, Consent: towpath.Consent{People: 1}},
		{AskIf: towpath.AskAlways, Consent: towpath.Consent{
			People: 1, Roles: []towpath.ApproverRole{"project-owner", "dba", "owner"},
		}},
	}
	if same[0].Version() != same[1].Version() {
		t.Error("gates that ask for the same have different versions")
	}
	frozen := towpath.Gate{Windows: []towpath.Window{deny("22:00", 60)}}
	if frozen.Version() != (towpath.Gate{}).Version() {
		t.Error("a freeze ends approvals")
	}
	frozen.Windows = append(frozen.Windows, allow("22:00", 60))
	if frozen.Version() != (towpath.Gate{Windows: []towpath.Window{allow("22:00", 60)}}).Version() {
		t.Error("a freeze beside a window ends approvals")
	}
	seen := map[string]bool{}
	for _, g := range []towpath.Gate{
		{},
		same[0],
		{Start: towpath.StartManual},
		{AskDrift: true},
		{AskIf: towpath.AskWarnings},
		{Consent: towpath.Consent{People: 2}},
		{Windows: []towpath.Window{allow("22:00", 60)}},
		{Windows: []towpath.Window{allow("23:00", 60)}},
	} {
		if seen[g.Version()] {
			t.Errorf("%+v has the version of another gate", g)
		}
		seen[g.Version()] = true
	}
}

// Each part of the evidence moves by what it is about, and by nothing else.
func TestEvidence_movesWithEachPart(t *testing.T) {
	t.Parallel()
	stage := func() towpath.Stage {
		task := func(database, version string) towpath.Task {
			return towpath.Task{
				EnvironmentID: "E", DatabaseID: database, Action: towpath.ActionApply,
				Migration: towpath.Migration{
					MigrationID: towpath.MigrationID{Version: version, Type: towpath.TypeDDL}, Checksum: "sum" + version,
				},
			}
		}
		return towpath.Stage{
			Environment: towpath.Environment{ID: "E", Name: "prod"},
			Tasks:       []towpath.Task{task("a", "1"), task("a", "2"), task("b", "1"), task("b", "2")},
			Ledgers:     map[string]int64{"a": 1, "b": 1},
			Reviews:     map[string]towpath.TextReview{"sum1": {Digest: "x"}, "sum2": {Digest: "y"}},
		}
	}
	first := stage().Evidence()
	for name, c := range map[string]struct {
		change func(*towpath.Stage)
		moved  string
	}{
		"nothing":            {func(*towpath.Stage) {}, ""},
		"readiness":          {func(s *towpath.Stage) { s.Ready, s.Reviewing = true, true }, ""},
		"a text":             {func(s *towpath.Stage) { s.Tasks[0].Checksum = "other" }, "moved-files moved-findings"},
		"a task less":        {func(s *towpath.Stage) { s.Tasks = s.Tasks[:2] }, "moved-databases"},
		"a file less":        {func(s *towpath.Stage) { s.Tasks = []towpath.Task{s.Tasks[0], s.Tasks[2]} }, "moved-files moved-findings"},
		"another's position": {func(s *towpath.Stage) { s.Ledgers["b"] = 2 }, "moved-databases"},
		"the order":          {func(s *towpath.Stage) { s.Tasks[0], s.Tasks[1] = s.Tasks[1], s.Tasks[0] }, "moved-order"},
		"a limit":            {func(s *towpath.Stage) { s.Project.LockTimeout = time.Minute }, "moved-limits"},
		"roles":              {func(s *towpath.Stage) { s.Environment.AllowRoles = true }, "moved-limits"},
		"the gate":           {func(s *towpath.Stage) { s.Environment.Consent.People = 1 }, "moved-gate"},
		"a finding":          {func(s *towpath.Stage) { s.Reviews["sum2"] = towpath.TextReview{Digest: "z"} }, "moved-findings"},
	} {
		s := stage()
		c.change(&s)
		var moved []string
		for _, r := range first.Moved(s.Evidence()) {
			moved = append(moved, string(r.Code))
		}
		if got := strings.Join(moved, " "); got != c.moved {
			t.Errorf("%s: moved %q, want %q", name, got, c.moved)
		}
	}
	if moved := towpath.Evidence("forged").Moved(first); len(moved) == 0 {
		t.Error("what is no evidence has not moved")
	}
}

func TestReviewOf_isWorseWhenAnythingIsMissing(t *testing.T) {
	t.Parallel()
	clean := towpath.ReviewedFile{Against: "sqlite"}
	warned, gap, unread := clean, clean, clean
	warned.Warnings = 1
	gap.NotAnalyzed = []towpath.ReviewGap{{Line: 1}}
	unread.Against = ""
	seen := map[string]bool{}
	for name, c := range map[string]struct {
		files []towpath.ReviewedFile
		worse bool
	}{
		"clean": {[]towpath.ReviewedFile{clean}, false}, "none": {nil, true},
		"a warning": {[]towpath.ReviewedFile{clean, warned}, true}, "a gap": {[]towpath.ReviewedFile{gap}, true},
		"not reviewed": {[]towpath.ReviewedFile{unread}, true},
	} {
		got := towpath.ReviewOf(c.files)
		if got.Worse != c.worse || seen[got.Digest] {
			t.Errorf("%s: %+v", name, got)
		}
		seen[got.Digest] = true
	}
}

func TestExclude_leavesOutAuthorsThatAreKnown(t *testing.T) {
	t.Parallel()
	s := towpath.Stage{Answerers: map[string]towpath.Answerer{"ada": {}, "bo": {}, "cy": {}}}
	s.Exclude([]towpath.Person{
		{Name: "Ada", Email: "ADA@example.com"}, {Name: "cy"}, {Name: "Bo", Email: "bo@home", Account: "{b}"},
		{Name: "cy"}, {Account: ""},
	}, []towpath.Member{{ID: "ada", Email: "ada@example.com"}, {ID: "cy", Email: "cy@example.com", Name: "cy"}},
		map[string][]string{"{b}": {"bo"}})
	if !s.Answerers["ada"].Author || !s.Answerers["bo"].Author || s.Answerers["cy"].Author {
		t.Errorf("authors: %+v", s.Answerers)
	}
	if len(s.Strangers) != 2 || s.Strangers[0].Params["author"] != "cy" {
		t.Errorf("strangers: %v", s.Strangers)
	}
}
