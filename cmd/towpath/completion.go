package main

import (
	"fmt"
	"io"
	"os"

	"github.com/alecthomas/kong"
	"github.com/willabides/kongplete"
)

// completionCommand prints what a shell evaluates at its start.
type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"The shell: ${enum}."`
}

// completions are for a program that is in the shell's path as towpath. The shell calls it with the
// line so far in COMP_LINE. Where it has no answer, the shell completes files.
var completions = map[string]string{
	"bash": "complete -o default -C towpath towpath\n",
	"zsh": "autoload -U +X bashcompinit && bashcompinit\n" +
		"complete -o default -C towpath towpath\n",
	"fish": `function __complete_towpath
    set -lx COMP_LINE (commandline -cp)
    test -z (commandline -ct)
    and set COMP_LINE "$COMP_LINE "
    towpath
end
complete -c towpath -a "(__complete_towpath)"
`,
}

// Run prints it.
func (c *completionCommand) Run(out io.Writer) error {
	_, err := fmt.Fprint(out, completions[c.Shell])
	return err
}

// completes answers a shell that asks how a line can go on, and calls the parser's exit then.
func completes(parser *kong.Kong) {
	if os.Getenv("COMP_LINE") != "" {
		kongplete.Complete(parser)
	}
}
