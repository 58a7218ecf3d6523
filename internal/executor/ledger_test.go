package executor

import (
	"context"
	"errors"
	"slices"
	"testing"

	"towpath/internal/engine"
	"towpath/internal/schema"
)

// pathed is a session that resolves names to a schema.
type pathed struct {
	engine.Session
	err error
}

func (p pathed) Resolve(_ context.Context, objects []schema.Object) ([]schema.Object, error) {
	full := slices.Clone(objects)
	for i := range full {
		full[i].Name = "größe." + full[i].Name
	}
	return full, p.err
}

func TestSealedSession_resolvesAsItsSessionDoes(t *testing.T) {
	t.Parallel()
	objects := []schema.Object{{Kind: "table", Name: "order"}, {Kind: "index", Name: "i", On: "order"}}
	failure := errors.New("no answer")
	for name, c := range map[string]struct {
		session engine.Session
		want    []string
		err     error
	}{
		"a session with names of its own": {session: pathed{}, want: []string{"größe.order", "größe.i"}},
		"one that gives no answer": {
			session: pathed{err: failure},
			want:    []string{"größe.order", "größe.i"}, err: failure,
		},
		"one without": {
			session: struct{ engine.Session }{},
			want:    []string{"order", "i"},
		},
	} {
		var resolver engine.Resolver = &sealedSession{Session: c.session}
		got, err := resolver.Resolve(t.Context(), objects)
		if !errors.Is(err, c.err) {
			t.Errorf("%s: error is %v, want %v", name, err, c.err)
		}
		for i, o := range got {
			if o.Name != c.want[i] || o.Kind != objects[i].Kind || o.On != objects[i].On {
				t.Errorf("%s: object %d is %+v, want %s", name, i, o, c.want[i])
			}
		}
	}
}
