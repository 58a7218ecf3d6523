package enginetest

import (
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/statement"
)

// maxLive is how much memory a session may hold at once for a script's long values.
const maxLive = 16 << 20

// peak runs do and returns by how much the memory in use grew at its highest.
func peak(do func()) uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	before := m.HeapInuse
	var stop atomic.Bool
	highest := make(chan uint64)
	go func() {
		var m runtime.MemStats
		top := before
		for !stop.Load() {
			runtime.ReadMemStats(&m)
			top = max(top, m.HeapInuse)
			time.Sleep(time.Millisecond)
		}
		highest <- top
	}()
	do()
	stop.Store(true)
	return <-highest - before
}

// Long checks an engine's bounds: a script's long values fail or are skipped, and are not kept. It
// measures the memory of the process, so no other test may run at the same time.
func Long(t *testing.T, f Fixture, fine, failing []string) {
	for _, noTx := range []bool{false, true} {
		for _, text := range slices.Concat(fine, failing) {
			ctx, b := setup(t, f)
			s := b.begin(ctx, engine.SessionOptions{
				NoTx: noTx, LockTimeout: time.Second,
				StatementTimeout: 20 * time.Second,
			})
			var err error
			grown := peak(func() {
				_, err = s.ExecRecord(ctx, statement.Statement{Text: text},
					entry("1", 1))
			})
			if grown > maxLive {
				t.Errorf("%s: %d MiB", text, grown>>20)
			}
			fails := slices.Contains(failing, text)
			if !fails {
				if err != nil {
					t.Errorf("%s: %v", text, err)
				}
				continue
			}
			e := wantKind(t, err, engine.Failed)
			if len(e.Message) > towpath.MaxText+200 || !utf8.ValidString(e.Message) {
				t.Errorf("%s: the message has %d bytes", text, len(e.Message))
			}
			if noTx { // the session goes on
				if err := s.Record(ctx, entry("1", 1)); err != nil {
					t.Errorf("%s: a record behind it: %v", text, err)
				}
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}
