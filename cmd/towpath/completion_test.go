package main

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestCompletion_answersAShell asks the program as a shell does.
func TestCompletion_answersAShell(t *testing.T) {
	t.Parallel()
	for line, want := range map[string][]string{
		"towpath ro":                     {"rollouts"},
		"towpath log":                    {"login", "logout"},
		"towpath metadata b":             {"backup"},
		"towpath completion ":            {"bash", "fish", "zsh"},
		"towpath serve --log-format ":    {"json", "text"},
		"towpath serve --secret-":        {"--secret-env-prefix", "--secret-files"},
		"towpath parse":                  nil, // hidden
		"towpath wait --environment pro": nil, // nothing is asked of a server
	} {
		command := exec.CommandContext(t.Context(), "towpath")
		command.Env = append(os.Environ(), "COMP_LINE="+line)
		out, err := command.Output()
		got := strings.Fields(string(out))
		slices.Sort(got)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q goes on with %q, %v; want %q", line, got, err, want)
		}
	}
}

// TestCompletion_isUnderstoodByBash loads what the command prints, and completes by it.
func TestCompletion_isUnderstoodByBash(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "bash", "--norc", "-c",
		`eval "$(towpath completion bash)" && complete -p towpath && towpath completion zsh && towpath completion fish`).CombinedOutput()
	if err != nil || strings.Count(strings.ReplaceAll(string(out), "'", ""), "-C towpath towpath\n") != 2 ||
		!strings.Contains(string(out), "complete -c towpath") {
		t.Errorf("%v: %s", err, out)
	}
	if out, err := exec.CommandContext(t.Context(), "towpath", "completion", "tcsh").CombinedOutput(); err == nil {
		t.Errorf("tcsh: %s", out)
	}
}
