package enginetest

import (
	"errors"
	"strings"
	"testing"

	"towpath/internal/engine"
	"towpath/internal/statement"
)

// Vetted is an engine that splits scripts and vets their statements for a target.
type Vetted interface {
	engine.Engine
	engine.Vetter
}

// Refusal returns why an engine refuses a script before anything runs in the target, or nil. A
// refusal must not quote "s3cret", which represents a password in scripts.
func Refusal(t *testing.T, e Vetted, target engine.Target, script string) *statement.Error {
	t.Helper()
	for st, err := range e.Split(strings.NewReader(script)) {
		if err == nil {
			err = e.Vet(target, st)
		}
		var refused *statement.Error
		if errors.As(err, &refused) {
			if strings.Contains(refused.Message, "s3cret") {
				t.Errorf("%s: the refusal quotes the password: %s", script, refused.Message)
			}
			return refused
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return nil
}

// RefusedAt returns the position of an engine's [Refusal], or "".
func RefusedAt(t *testing.T, e Vetted, target engine.Target, script string) string {
	t.Helper()
	if refused := Refusal(t, e, target, script); refused != nil {
		return refused.Pos.String()
	}
	return ""
}
