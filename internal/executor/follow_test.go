package executor_test

import (
	"context"
	"testing"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/engine/sqlite"
)

// following is SQLite with readings that follow an earlier one. From one of them on they are wrong.
type following struct {
	*sqlite.Engine
	wrongFrom int
	follows   *int
	open      *int // sessions
}

type followingDB struct {
	engine.DB
	engine following
}

func (e following) Open(ctx context.Context, t engine.Target) (engine.DB, error) {
	db, err := e.Engine.Open(ctx, t)
	return followingDB{db, e}, err
}

// Follow implements engine.Follower.
func (d followingDB) Follow(ctx context.Context) (engine.Schema, error) {
	schema, err := d.DB.Schema(ctx)
	if *d.engine.open > 0 {
		schema.Dump += "-- read while a session has its connection"
	}
	if *d.engine.follows++; *d.engine.follows >= d.engine.wrongFrom {
		schema.Dump += "-- something that is not there"
	}
	return schema, err
}

// Begin implements engine.DB.
func (d followingDB) Begin(ctx context.Context, o engine.SessionOptions) (engine.Session, error) {
	s, err := d.DB.Begin(ctx, o)
	*d.engine.open++
	return followingSession{s, d.engine.open}, err
}

type followingSession struct {
	engine.Session
	open *int
}

// Close implements engine.Session.
func (s followingSession) Close() error {
	*s.open--
	return s.Session.Close()
}

// Claims are of 1, 4 and more tasks. What is claimed alone is not followed.
func TestRunTask_keepsNoSchemaThatIsNotConfirmed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		wrongFrom     int
		before, after string // for each task whether it is kept
		follows       int
	}{
		"right":                  {100, "yyyyyyy", "yyyyyyy", 6},
		"wrong from the first":   {1, "ynnnnyy", "ynnnyyy", 4},
		"wrong within a claim":   {3, "ynnnnyy", "ynnnyyy", 4},
		"wrong at its last task": {4, "ynnnnyy", "ynnnyyy", 4},
		"wrong in a later claim": {5, "yyyyynn", "yyyyyny", 6},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			follows, open := 0, 0
			b.SnapshotSchemas = true
			b.Engines[towpath.EngineSQLite] = following{
				sqlite.New(sqlite.Config{Root: b.folder}), c.wrongFrom, &follows, &open,
			}
			b.Ticks = never
			tasks := b.line(t, creates(len(c.before))...)
			b.want(t, tasks[0].ID, towpath.TaskDone)
			before, after, last := "", "", ""
			kept := map[bool]string{true: "y", false: "n"}
			_, _, history := b.read(t, tasks[0].ID)
			for _, h := range history {
				if last != "" && h.SchemaBefore != "" && h.SchemaBefore != last {
					t.Errorf("%s begins with another schema than the one before it left", h.Version)
				}
				last = h.SchemaAfter
				before, after = before+kept[h.SchemaBefore != ""], after+kept[h.SchemaAfter != ""]
			}
			if before != c.before || after != c.after || follows != c.follows {
				t.Errorf("kept before %s, after %s with %d readings; want %s, %s with %d",
					before, after, follows, c.before, c.after, c.follows)
			}
		})
	}
}
