package main

import (
	"runtime/debug"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"towpath/internal/api"
)

func TestBuildOf_tellsReleasesFromOtherBuilds(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 30, 9, 20, 11, 0, time.UTC)
	seen := func(modified string) []debug.BuildSetting {
		return []debug.BuildSetting{
			{Key: "CGO_ENABLED", Value: "1"}, {Key: "vcs", Value: "git"}, {Key: "vcs.revision", Value: "ef4efab0"},
			{Key: "vcs.time", Value: "2026-11-30T09:20:11Z"}, {Key: "vcs.modified", Value: modified},
		}
	}
	for name, c := range map[string]struct {
		release  string
		settings []debug.BuildSetting
		want     api.Build
	}{
		"a release": {"v0.1.0", seen("false"), api.Build{Version: "v0.1.0", Commit: "ef4efab0", Date: &at}},
		"a release with local changes": {
			"v0.1.0", seen("true"),
			api.Build{Version: "v0.1.0-dirty", Commit: "ef4efab0", Date: &at, Modified: true},
		},
		"a name that says so already": {
			"v0.1.0-dirty", seen("true"),
			api.Build{Version: "v0.1.0-dirty", Commit: "ef4efab0", Date: &at, Modified: true},
		},
		"no release": {
			"dev", seen("true"), api.Build{Version: "dev", Commit: "ef4efab0", Date: &at, Modified: true},
		},
		"an empty name":              {"", nil, api.Build{Version: "dev"}},
		"a build without repository": {"v0.1.0", nil, api.Build{Version: "v0.1.0"}},
		"a time that is none": {
			"dev", []debug.BuildSetting{{Key: "vcs.time", Value: "yesterday"}}, api.Build{Version: "dev"},
		},
	} {
		if diff := cmp.Diff(c.want, buildOf(c.release, c.settings)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
