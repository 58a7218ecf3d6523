package executor

import (
	"strings"
	"testing"

	"towpath/internal/statement"
)

func TestReplay(t *testing.T) {
	t.Parallel()
	for state, want := range map[statement.State]struct{ again, refuse bool }{
		statement.NoState:   {},
		statement.Setting:   {again: true},
		statement.Temporary: {refuse: true},
	} {
		st := statement.Statement{State: state, Pos: statement.Position{Line: 3, Column: 1}}
		again, refuse := replay(st)
		if again != want.again || (refuse != "") != want.refuse || (refuse != "" && !strings.Contains(refuse, "3:1")) {
			t.Errorf("%v: %v %q", state, again, refuse)
		}
	}
}
