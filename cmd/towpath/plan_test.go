package main

import (
	"strings"
	"testing"

	"towpath/internal/plan"
)

func TestPrintPlan_saysNothingIsOpenOnlyWhenThatIsKnown(t *testing.T) {
	t.Parallel()
	read := remoteLink{RepositoryName: "acme/größe", Branch: "main", SyncedCommit: "69ca7c86aa"}
	never, attention, blocked, cut, elsewhere := read, read, read, read, read
	never.SyncedCommit = ""
	attention.Attention = &sentence{"The account was refused."}
	blocked.Plan.Blocked = &sentence{"The database shop cannot be reached."}
	cut.Plan.MoreItems = 3
	elsewhere.Plan.Items = []remoteItem{{Path: "1.sql", Database: "shop", EnvironmentID: "e", State: plan.ItemHeld}}
	for name, c := range map[string]struct {
		link remoteLink
		only string
		want string
	}{
		"all of it":  {read, "", "acme/größe (main) at commit 69ca7c86\nNothing is open.\n"},
		"never read": {never, "", "at commit -\nWhat is open is not known.\n"},
		"attention":  {attention, "", "The account was refused.\nWhat is open is not known.\n"},
		"blocked":    {blocked, "", "cannot be reached.\nWhat is open is not known.\n"},
		"cut":        {cut, "", "69ca7c86\nThe server does not show 3 more.\n"},
		"elsewhere":  {elsewhere, "test", "69ca7c86\nNothing is open.\n"},
		"there":      {elsewhere, "prod", "prod         shop      held   1.sql\n"},
		"everywhere": {elsewhere, "", "prod         shop      held   1.sql\n"},
	} {
		var b strings.Builder
		if err := c.link.printPlan(&b, map[string]string{"e": "prod"}, c.only); err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(b.String(), c.want) {
			t.Errorf("%s: %q, want %q at the end", name, b.String(), c.want)
		}
	}
}
