package executor_test

import (
	"bytes"
	"io"
	"iter"
	"testing"
	"time"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/statement"
)

// splits is an engine that tells which scripts are read.
type splits struct {
	engine.Engine
	seen chan string
}

// Split implements engine.Engine.
func (s splits) Split(r io.Reader) iter.Seq2[statement.Statement, error] {
	text, err := io.ReadAll(r)
	if err == nil {
		s.seen <- string(text)
	}
	return s.Engine.Split(bytes.NewReader(text))
}

func TestBatch_theNextScriptIsReadWhileOneRuns(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.Ticks = never
	e := splits{b.Engines[towpath.EngineSQLite], make(chan string, 100)}
	b.Engines[towpath.EngineSQLite] = e
	scripts := creates(3)
	tasks := b.line(t, scripts...)
	ran := 0
	b.Reached = func(place string) {
		if place != "before outcome" {
			return
		}
		if ran++; ran != 2 { // the first is claimed alone
			return
		}
		for deadline := time.After(time.Minute); ; {
			select {
			case text := <-e.seen:
				if text == scripts[2] {
					return
				}
			case <-deadline:
				t.Error("the third script was not read while the second ran")
				return
			}
		}
	}
	run(t, b.Service, tasks[0].ID)
	if got := b.states(t, tasks); got != "done done done" {
		t.Errorf("tasks are %s", got)
	}
}
