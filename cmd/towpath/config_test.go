package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// parse reads a command line as main does, without running anything.
func parse(t testing.TB, args ...string) (*serveCommand, error) {
	t.Helper()
	var c commands
	parser, err := kong.New(&c, kong.Configuration(loadYAML), kong.DefaultEnvars("TOWPATH"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(append([]string{"serve"}, args...)); err != nil {
		return nil, err
	}
	return &c.Serve, c.Serve.complete()
}

func yamlFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "towpath.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Not parallel: it sets the environment of the process.
func TestConfig_flagBeforeEnvironmentBeforeFile(t *testing.T) {
	file := yamlFile(t,
		"external-url: https://file.example\nlog-level: warn\npoll-interval: 5s\npolling-only: true\n")
	c, err := parse(t, "--config", file)
	if err != nil || c.ExternalURL != "https://file.example" || c.LogLevel != "warn" ||
		c.PollInterval.Seconds() != 5 || !c.PollingOnly {
		t.Fatalf("the file gives %+v, %v", c, err)
	}
	t.Setenv("TOWPATH_EXTERNAL_URL", "https://environment.example/")
	if c, err = parse(t, "--config", file); err != nil || c.ExternalURL != "https://environment.example" {
		t.Fatalf("the environment gives %+v, %v", c, err)
	}
	if c, err = parse(t, "--config", file, "--external-url", "https://flag.example"); err != nil ||
		c.ExternalURL != "https://flag.example" || c.LogLevel != "warn" {
		t.Fatalf("the flag gives %+v, %v", c, err)
	}
	t.Setenv("TOWPATH_CONFIG", file)
	if c, err = parse(t); err != nil || c.LogLevel != "warn" {
		t.Fatalf("a file named in the environment gives %+v, %v", c, err)
	}
}

func TestConfig_defaultsFollowOtherSettings(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c, err := parse(t, "--listen", "127.0.0.1:9", "--data", filepath.Join(dir, "data"), "--sqlite-root",
		filepath.Join(dir, "targets"))
	if err != nil {
		t.Fatal(err)
	}
	if c.ExternalURL != "http://127.0.0.1:9" || c.KeyFile != filepath.Join(dir, "data.key") ||
		c.MetadataURL != "sqlite:"+filepath.Join(dir, "data", "towpath.db") {
		t.Errorf("defaults are %+v", c)
	}
}

func TestConfig_saysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"an unknown key": {
			[]string{"--config", yamlFile(t, "extrenal-url: x\n")},
			`"extrenal-url"`,
		},
		"a key below another": {
			[]string{"--config", yamlFile(t, "serve:\n  listen: x\n")},
			`"serve"`,
		},
		"no YAML": {
			[]string{"--config", yamlFile(t, "listen: [\n")},
			"configuration file",
		},
		"a file that is not there": {
			[]string{"--config", "/nowhere/towpath.yaml"},
			"/nowhere/towpath.yaml",
		},
		"no address": {[]string{"--external-url", "towpath.example"}, "--external-url"},
		"another scheme": {
			[]string{"--bitbucket-url", "ftp://bitbucket.example"},
			"--bitbucket-url",
		},
		"the key in the data folder": {
			[]string{"--data", "/srv/data", "--key-file", "/srv/data/key"},
			"--key-file",
		},
		"the key among targets": {[]string{
			"--sqlite-root", "/srv/targets", "--key-file",
			"/srv/targets/key",
		}, "--key-file"},
		"targets in the data folder": {[]string{
			"--data", "/srv/data", "--sqlite-root",
			"/srv/data/targets",
		}, "--sqlite-root"},
		"the data folder among targets": {[]string{
			"--data", "/srv/targets/data", "--sqlite-root",
			"/srv/targets",
		}, "--sqlite-root"},
		"the metadata among targets": {[]string{
			"--sqlite-root", "/srv/targets", "--metadata-url",
			"sqlite:/srv/targets/m.db",
		}, "--metadata-url"},
		"polling without a pause":        {[]string{"--poll-interval", "1ms"}, "--poll-interval"},
		"schema checks without a pause":  {[]string{"--check-schemas", "1ms"}, "--check-schemas"},
		"no database of an instance":     {[]string{"--max-per-instance", "0"}, "--max-per-instance"},
		"variables of the server itself": {[]string{"--secret-env-prefix", "TOWPATH_"}, "--secret-env-prefix"},
		"variables of anybody":           {[]string{"--secret-env-prefix", "T"}, "--secret-env-prefix"},
		"files of the whole machine":     {[]string{"--secret-files", "/"}, "--secret-files"},
		"files of some folder":           {[]string{"--secret-files", "secrets"}, "--secret-files"},
		"the key among the files": {[]string{
			"--key-file", "/srv/secrets/key", "--secret-files", "/srv/secrets",
		}, "--secret-files"},
		"a stop that takes an hour":       {[]string{"--drain", "1h"}, "--drain"},
		"fewer than no rollouts":          {[]string{"--keep-rollouts", "-1"}, "--keep-rollouts"},
		"more days than there are":        {[]string{"--keep-statements", "99999999"}, "--keep-statements"},
		"no address of the API":           {[]string{"--bitbucket-api-url", "x"}, "--bitbucket-api-url"},
		"a level that there is not":       {[]string{"--log-level", "loud"}, "--log-level"},
		"an environment variable's value": {[]string{"--polling-only=maybe"}, "--polling-only"},
	} {
		if _, err := parse(t, c.args...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want something about %s", name, err, c.want)
		}
	}
}

func TestRun_exitCodes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args []string
		want int
		says string
	}{
		"the version":        {[]string{"version"}, 0, "towpath dev"},
		"help":               {[]string{"--help"}, 0, "serve"},
		"an unknown command": {[]string{"fly"}, exitUsage, "fly"},
		"a wrong setting":    {[]string{"serve", "--external-url", "x"}, exitUsage, "--external-url"},
		"a port in use": {
			[]string{
				"serve", "--listen", "256.0.0.1:1", "--data",
				filepath.Join(t.TempDir(), "d"), "--sqlite-root", filepath.Join(t.TempDir(), "s"),
			},
			exitFailed,
			"--listen",
		},
	} {
		var out, errs bytes.Buffer
		if code := run(t.Context(), c.args, &out, &errs); code != c.want ||
			!strings.Contains(out.String()+errs.String(), c.says) {
			t.Errorf("%s: exit code %d, want %d: %s%s", name, code, c.want, out.String(), errs.String())
		}
	}
}
