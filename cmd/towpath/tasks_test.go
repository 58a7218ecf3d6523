package main

import (
	"strings"
	"testing"
)

func TestPick_takesOneTaskOrNone(t *testing.T) {
	t.Parallel()
	tasks := []remoteTask{
		{ID: "1", Path: "db/2.sql", Version: "2", Label: "v2", State: "done", environment: "test", Database: "shop"},
		{ID: "2", Path: "db/2.sql", Version: "2", Label: "v2", State: "failed", environment: "prod", Database: "shop"},
		{ID: "3", Path: "db/2.sql", Version: "2", Label: "v2", State: "pending", environment: "prod", Database: "größe"},
		{ID: "4", Path: "db/3.sql", Version: "3", Label: "3", State: "held", environment: "prod", Database: "shop"},
		{ID: "5", Type: "baseline", Version: "1", Label: "1", State: "pending", environment: "test", Database: "2"},
	}
	for _, c := range []struct {
		name, environment, database string
		usual                       []string
		want, says                  string
	}{
		{"db/2.sql", "", "", []string{"failed"}, "2", ""},
		{"2.sql", "", "", []string{"failed"}, "2", ""},
		{"v2", "prod", "", []string{"failed", "pending"}, "", "several fit"},
		{"v2", "prod", "größe", []string{"failed", "pending"}, "3", ""},
		{"2", "test", "", []string{"failed"}, "1", ""}, // the server refuses it
		{"2", "", "", []string{"held"}, "", "2 is nowhere held: db/2.sql is done in test/shop"},
		{"3", "test", "", []string{"held"}, "", "nothing is called 3 in test"},
		{"1", "", "", []string{"pending"}, "5", ""},
		{"", "", "", []string{"held"}, "", "nothing is called"},
		{".", "", "", []string{"pending"}, "", "nothing is called"},
		{"sql", "", "", []string{"held"}, "", "nothing is called"},
	} {
		got, err := pick(tasks, c.name, c.environment, c.database, c.usual)
		if got.ID != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%q in %q/%q: task %q, %v, want %q", c.name, c.environment, c.database, got.ID, err, c.want)
		}
		if err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q: %v, want %q", c.name, err, c.says)
		}
	}
}

func TestChooseDatabase_takesOneOrNone(t *testing.T) {
	t.Parallel()
	names := map[string]string{"t": "test", "p": "prod"}
	all := []remoteDatabase{{"1", "shop", "t"}, {"2", "shop", "p"}, {"3", "shop", "p"}, {"4", "a/b", "t"}}
	for name, want := range map[string]string{
		"test/shop": "1", "3": "3", "test/a/b": "4", "prod/shop": "", "shop": "", "": "", "/shop": "",
	} {
		if got, err := chooseDatabase(all, names, name); got != want || (err != nil) != (want == "") {
			t.Errorf("%q: %q, %v, want %q", name, got, err, want)
		}
	}
}
