package main

import (
	"strings"
	"testing"

	"towpath/internal/plan"
)

func TestJudge_neverSaysArrivedOfWhatIsNot(t *testing.T) {
	t.Parallel()
	const commit, prod = "69ca7c86aa", "e-prod"
	at := func(environment string, states ...plan.ItemState) remoteLink {
		l := remoteLink{SyncedCommit: commit, RepositoryName: "acme/shop"}
		for _, s := range states {
			l.Plan.Items = append(l.Plan.Items, remoteItem{Path: "1.sql", EnvironmentID: environment, State: s})
		}
		return l
	}
	blocked, cut, elsewhere := at(prod), at(prod), at(prod)
	blocked.Plan.Blocked = &sentence{"The database shop cannot be reached."}
	cut.Plan.MoreItems = 3
	elsewhere.SyncedCommit = "70ca7c86aa"
	two := at(prod, plan.ItemHeld, plan.ItemPending)
	behind := at(prod, plan.ItemPending, plan.ItemFailed)
	other := at("e-test", plan.ItemFailed, plan.ItemPending)
	for name, c := range map[string]struct {
		link   remoteLink
		commit string
		want   arrival
		says   string
	}{
		"nothing open":                   {at(prod), commit, arrived, "all of commit 69ca7c86"},
		"a commit in short":              {at(prod), commit[:7], arrived, "69ca7c8"},
		"another commit":                 {elsewhere, commit, waits, "at commit 70ca7c86 and not at 69ca7c86"},
		"a link that has read nothing":   {remoteLink{}, commit, waits, "at commit -"},
		"open elsewhere":                 {other, commit, arrived, "all"},
		"open":                           {two, commit, waits, "2 to come, the first: 1.sql is held"},
		"one failed behind an open one":  {behind, commit, stuck, "1.sql is failed"},
		"a file that no database fits":   {at("", plan.ItemNoTarget), commit, stuck, "no-target"},
		"a state of a newer server":      {at(prod, "invented"), commit, stuck, "invented"},
		"skipped by a person":            {at(prod, plan.ItemSkipped), commit, arrived, "but for 1"},
		"databases that cannot be read":  {blocked, commit, waits, "cannot be reached"},
		"files that the answer left out": {cut, commit, waits, "3 more"},
	} {
		got, why := judge(c.link, c.commit, prod)
		if got != c.want || !strings.Contains(why, c.says) {
			t.Errorf("%s: %d %q, want %d %q", name, got, why, c.want, c.says)
		}
	}
}

func TestChoose_takesOneLinkOrNone(t *testing.T) {
	t.Parallel()
	links := []remoteLink{
		{ID: "1", RepositoryName: "acme/shop"}, {ID: "2", RepositoryName: "acme/shop"},
		{ID: "3", RepositoryName: "acme/ümlaut"},
	}
	for name, want := range map[string]string{
		"1": "1", "acme/ümlaut": "3", "acme/shop": "", "": "", "acme/none": "",
	} {
		if got, err := choose(links, name); got.ID != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q %v, want %q", name, got.ID, err, want)
		}
	}
	if got, err := choose(links[2:], ""); got.ID != "3" || err != nil {
		t.Errorf("the only link: %q %v", got.ID, err)
	}
}
