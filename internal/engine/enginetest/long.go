package enginetest

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
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

// peak runs do and returns by how many bytes the memory that is in use grew at its highest. It counts
// what a collection leaves, since garbage grows with the load of the machine, and collects often.
func peak(do func()) uint64 {
	defer debug.SetGCPercent(debug.SetGCPercent(10))
	runtime.GC()
	before := live()
	var stop atomic.Bool
	highest := make(chan uint64)
	go func() {
		top := before
		for !stop.Load() {
			top = max(top, live())
			time.Sleep(time.Millisecond)
		}
		highest <- top
	}()
	do()
	stop.Store(true)
	return <-highest - before
}

// live returns the bytes that the last collection left.
func live() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
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
