package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"towpath/internal/api"
)

// version is the tag that a build with make was made from, such as v0.1.0.
var version = "dev"

// build identifies this build of the program for stored verdicts: another build may have other
// rules.
func build() string {
	name := version
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if strings.HasPrefix(s.Key, "vcs.") {
				name += " " + s.Value
			}
		}
	}
	return name
}

// thisBuild describes the running program.
func thisBuild() api.Build {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return buildOf(version, nil)
	}
	return buildOf(version, info.Settings)
}

// buildOf describes a build by the name that make gave it, and by what the compiler saw of the
// repository. A tree with local changes is no release, whatever its name.
func buildOf(name string, settings []debug.BuildSetting) api.Build {
	b := api.Build{Version: cmp.Or(name, "dev")}
	for _, s := range settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		case "vcs.time":
			if at, err := time.Parse(time.RFC3339, s.Value); err == nil {
				b.Date = &at
			}
		}
	}
	const dirty = "-dirty"
	if b.Modified && b.Version != "dev" && !strings.HasSuffix(b.Version, dirty) {
		b.Version += dirty
	}
	return b
}

type versionCommand struct {
	JSON bool `name:"json" help:"Write JSON, as the API does."`
}

// Run prints the version, and which commit the program was built from.
func (c versionCommand) Run(out io.Writer) error {
	b := thisBuild()
	if c.JSON {
		return json.NewEncoder(out).Encode(b)
	}
	commit, date := cmp.Or(b.Commit, "unknown"), "unknown"
	if b.Modified {
		commit += ", with local changes"
	}
	if b.Date != nil {
		date = b.Date.UTC().Format(time.RFC3339)
	}
	_, err := fmt.Fprintf(out, "towpath %s\ncommit: %s\ndate: %s\nplatform: %s/%s, %s\n", b.Version,
		commit, date, runtime.GOOS, runtime.GOARCH, runtime.Version())
	return err
}
