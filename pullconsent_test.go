package towpath_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"towpath"
)

var pullNow = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// pullStage waits for a DBA's consent to one file, and Ada has written it.
func pullStage() towpath.Stage {
	s := towpath.Stage{
		Ready: true,
		Tasks: []towpath.Task{{
			Action: towpath.ActionApply, DatabaseID: "d", Commit: "c1",
			Migration: towpath.Migration{Checksum: "x", Path: "db/größe.sql"},
		}},
		Answerers: map[string]towpath.Answerer{
			"ada": {Roles: []towpath.ApproverRole{towpath.ApproveDBA}, Author: true},
			"bo":  {Roles: []towpath.ApproverRole{towpath.ApproveDBA}},
			"cy":  {Roles: []towpath.ApproverRole{towpath.ApproveProjectDeveloper}},
			"dee": {}, // deactivated
		},
	}
	s.Environment.Consent = towpath.Consent{People: 1, PullRequests: true}
	return s
}

// pullMerged was approved by Bo after its last commit.
func pullMerged() towpath.MergedPullRequest {
	return towpath.MergedPullRequest{
		Number: 7, Author: "{ada}", Exact: true, HeadAt: pullNow.Add(-2 * time.Hour),
		Paths:     []string{"README", "db/größe.sql"},
		Approvals: []towpath.PullApproval{{Account: "{bo}", Name: "Bo", At: pullNow.Add(-time.Hour)}},
	}
}

var pullAccounts = map[string][]string{
	"{ada}": {"ada"}, "{bo}": {"bo", "bo"}, "{cy}": {"cy"}, "{dee}": {"dee"}, "{both}": {"bo", "cy"},
}

func TestPullConsents_countOnlyWithoutDoubt(t *testing.T) {
	t.Parallel()
	type change = func(*towpath.MergedPullRequest)
	by := func(account string) change {
		return func(pr *towpath.MergedPullRequest) { pr.Approvals[0].Account = account }
	}
	at := func(when time.Time) change { return func(pr *towpath.MergedPullRequest) { pr.Approvals[0].At = when } }
	for name, c := range map[string]struct {
		change change
		doubt  towpath.ReasonCode
	}{
		"a colleague":     {func(*towpath.MergedPullRequest) {}, ""},
		"another tree":    {func(pr *towpath.MergedPullRequest) { pr.Exact = false }, towpath.ReasonPullTree},
		"unknown head":    {func(pr *towpath.MergedPullRequest) { pr.HeadAt = time.Time{} }, towpath.ReasonPullHead},
		"a hidden file":   {func(pr *towpath.MergedPullRequest) { pr.Paths = pr.Paths[:1] }, towpath.ReasonPullPath},
		"nobody":          {func(pr *towpath.MergedPullRequest) { pr.Approvals = nil }, towpath.ReasonPullNone},
		"the author":      {by("{ada}"), towpath.ReasonPullAuthor},
		"who opened it":   {func(pr *towpath.MergedPullRequest) { pr.Author = "{bo}" }, towpath.ReasonPullAuthor},
		"a developer":     {by("{cy}"), towpath.ReasonPullRole},
		"deactivated":     {by("{dee}"), towpath.ReasonPullRole},
		"a stranger":      {by("{zoe}"), towpath.ReasonPullStranger},
		"no account":      {by(""), towpath.ReasonPullStranger},
		"a shared one":    {by("{both}"), towpath.ReasonPullStranger},
		"before the push": {at(pullNow.Add(-2 * time.Hour)), towpath.ReasonPullOld},
		"long ago": {func(pr *towpath.MergedPullRequest) {
			pr.HeadAt = pullNow.Add(-200 * time.Hour)
			pr.Approvals[0].At = pullNow.Add(-towpath.ApprovalLasts)
		}, towpath.ReasonPullExpired},
	} {
		s, pr := pullStage(), pullMerged()
		c.change(&pr)
		consents, doubts := s.PullConsents(pr, pullAccounts, pullNow)
		if c.doubt == "" {
			if len(doubts) > 0 || len(consents) != 1 || consents[0].MemberID != "bo" || consents[0].PullRequest != 7 {
				t.Errorf("%s: %+v, doubts %v", name, consents, doubts)
			}
			continue
		}
		if len(consents) > 0 || len(doubts) != 1 || doubts[0].Code != c.doubt {
			t.Errorf("%s: %+v, doubts %v, want %s", name, consents, doubts, c.doubt)
		}
	}
}

func TestPullConsents_areNoneForAnUndo(t *testing.T) {
	t.Parallel()
	s := pullStage()
	s.Tasks[0].Type = towpath.TypeUndo
	consents, doubts := s.PullConsents(pullMerged(), pullAccounts, pullNow)
	if len(consents) > 0 || len(doubts) != 1 || doubts[0].Code != towpath.ReasonPullUndo {
		t.Errorf("%+v %v", consents, doubts)
	}
}

// Whatever happens, a gate never opens by an approval of a pull request unless it was read within the
// last minute, for the evidence that there is, and the gate asks for it.
func TestPullConsent_neverOpensAGateByOldNews(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(14, 53))
	opened := 0
	for i := range 20_000 {
		s, pr := pullStage(), pullMerged()
		s.Environment.Consent.PullRequests = r.IntN(4) > 0
		pr.Approvals[0].Account = []string{"{ada}", "{bo}", "{bo}", "{cy}", "{zoe}"}[r.IntN(5)]
		pr.Exact = r.IntN(5) > 0
		consents, _ := s.PullConsents(pr, pullAccounts, pullNow)
		for j := range consents {
			consents[j].ID, consents[j].Evidence = fmt.Sprint(j), s.Evidence()
		}
		moved := r.IntN(4) == 0
		if moved {
			s.Tasks[0].Checksum = "y"
		}
		age := time.Duration(r.IntN(120)) * time.Second
		if at := pullNow.Add(-age); r.IntN(8) > 0 {
			s.Pull.At = &at
		}
		d := s.Environment.Decide(s, s.Evidence(), consents, pullNow)
		may := s.Environment.Consent.PullRequests && pr.Exact && pr.Approvals[0].Account == "{bo}" && !moved &&
			s.Pull.At != nil && age <= time.Minute
		if starts := d.Verdict == towpath.VerdictStart; starts != may {
			t.Fatalf("%d: starts %t, want %t: %+v", i, starts, may, d)
		} else if starts {
			opened++
		}
		stale := slices.ContainsFunc(d.Because, func(w towpath.Reason) bool {
			return w.Code == towpath.ReasonPullReading
		})
		if stale && !s.PullUnread(d, s.Evidence(), pullNow) {
			t.Fatalf("%d: nobody reads it again: %+v", i, d)
		}
	}
	if opened < 1000 {
		t.Errorf("opened %d times", opened)
	}
}

func TestGate_withoutPullRequestsKeepsItsVersion(t *testing.T) {
	t.Parallel()
	g := towpath.Gate{Consent: towpath.Consent{People: 1}}
	before := g.Version()
	g.Consent.PullRequests = true
	if g.Version() == before {
		t.Error("an approval would outlive the change of what counts")
	}
	g.Consent.People = 0
	if (towpath.Gate{}).Version() != g.Version() {
		t.Error("a gate that asks nobody has another version")
	}
}
