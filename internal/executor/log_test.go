package executor

import (
	"errors"
	"testing"

	"towpath/internal/engine"
	"towpath/internal/statement"
)

func TestStatementLog_blamesNoStatementForAnEarlierCall(t *testing.T) {
	t.Parallel()
	for _, earlier := range []bool{true, false} {
		l := &statementLog{}
		err := l.run(t.Context(), nil, statement.Statement{Text: "SELECT 1"}, 0, func() (int64, error) {
			return 0, &engine.Error{Kind: engine.Locked, Earlier: earlier}
		})
		var place *statementError
		if errors.As(err, &place) == earlier || (len(l.entries) == 0) != earlier || !isKind(err, engine.Locked) {
			t.Errorf("earlier %t: %v with %d entries", earlier, err, len(l.entries))
		}
	}
}
