package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	bitbucketsim "towpath/internal/gitsim/bitbucket"
)

const (
	intakeBody    = 20_000 // bytes
	intakeClients = 32
	intakeSent    = 4000
)

// BenchmarkIntake posts signed pushes to a running server, and to a handler that checks the same
// signatures and keeps the same bodies with the same durability, many in one commit. Both answer
// when the delivery is on the disk.
func BenchmarkIntake(b *testing.B) {
	w, err := newWorld(b.Context(), b.TempDir(), sqliteTargets{}, "")
	if err != nil {
		b.Fatal(err)
	}
	defer w.close()
	if err := w.start("--log-level=warn"); err != nil {
		b.Fatal(err)
	}
	if w.linkID, err = w.link(b.Context(), w.grant, nil); err != nil {
		b.Fatal(err)
	}
	hook := w.sim.Hooks(demoRepository)[0]
	body := w.push(b, intakeBody)
	bare := httptest.NewServer(bareIntake(b, hook.Secret))
	defer bare.Close()
	for b.Loop() {
		floor := post(b, bare.URL, hook.Secret, body, intakeSent, 0)
		idle := cpuOf(b, w.process.Process.Pid)
		ours := post(b, hook.URL, hook.Secret, body, intakeSent, 0)
		used := cpuOf(b, w.process.Process.Pid) - idle
		paced := post(b, hook.URL, hook.Secret, body, 1000, 200)
		word := "ok"
		if ours.rate < 0.8*floor.rate {
			word = "short"
		}
		fmt.Printf("bench: intake %.0f/s bare=%.0f/s ratio=%.2f goal=0.80 %s cpu=%s each\n", ours.rate,
			floor.rate, ours.rate/floor.rate, word, (used / intakeSent).Round(time.Microsecond))
		fmt.Println(verdict("intake-p99-at-200", ms(paced.p99), 20, "ms"))
	}
}

// push is the body of a push to the linked branch, padded to a size.
func (w *world) push(b *testing.B, size int) []byte {
	b.Helper()
	r, found := w.sim.Repository(demoRepository)
	if !found {
		b.Fatal("no repository")
	}
	head := `{"repository":{"uuid":"` + r.UUID + `","full_name":"` + demoRepository + `"},"push":{"changes":[{"old":null,` +
		`"new":{"type":"branch","name":"main","target":{"hash":"1234567890123456789012345678901234567890"}}}]},"pad":"`
	return []byte(head + strings.Repeat("x", size-len(head)-2) + `"}`)
}

type posted struct {
	rate float64 // per second
	p99  time.Duration
}

// post sends n requests, as fast as their answers come or perSecond of them, each with its own id.
func post(b *testing.B, url, secret string, body []byte, n, perSecond int) posted {
	b.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: intakeClients}}
	defer client.CloseIdleConnections()
	signature := bitbucketsim.Signature(secret, body)
	var next, failed atomic.Int64
	took := make([]time.Duration, n)
	began := time.Now()
	var all sync.WaitGroup
	for range intakeClients {
		all.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				due := time.Now()
				if perSecond > 0 {
					due = began.Add(time.Duration(i) * time.Second / time.Duration(perSecond))
					time.Sleep(time.Until(due))
				}
				r, _ := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
				r.Header.Set("X-Hub-Signature", signature)
				r.Header.Set("X-Request-UUID", uuid.NewString())
				r.Header.Set("X-Event-Key", "repo:push")
				resp, err := client.Do(r)
				if err != nil || resp.StatusCode/100 != 2 {
					failed.Add(1)
				}
				if err == nil {
					_, _ = io.Copy(io.Discard, resp.Body)
					_ = resp.Body.Close()
				}
				took[i] = time.Since(due)
			}
		})
	}
	all.Wait()
	seconds := time.Since(began).Seconds()
	if failed.Load() > 0 {
		b.Fatalf("%d of %d requests failed", failed.Load(), n)
	}
	slices.Sort(took)
	return posted{rate: float64(n) / seconds, p99: took[n*99/100]}
}

// bareIntake keeps each body with a valid signature, and commits all that wait at once.
func bareIntake(b *testing.B, secret string) http.Handler {
	b.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "bare.db")+
		"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("CREATE TABLE delivery (id TEXT PRIMARY KEY, payload BLOB)"); err != nil {
		b.Fatal(err)
	}
	type arrival struct {
		id   string
		body []byte
		kept chan error
	}
	waiting := make(chan arrival, intakeClients)
	b.Cleanup(func() { close(waiting) })
	go func() {
		for first := range waiting {
			batch := []arrival{first}
			for len(waiting) > 0 {
				batch = append(batch, <-waiting)
			}
			tx, err := db.Begin()
			for _, a := range batch {
				if err == nil {
					_, err = tx.Exec("INSERT INTO delivery VALUES (?, ?)", a.id, a.body)
				}
			}
			if err == nil {
				err = tx.Commit()
			}
			for _, a := range batch {
				a.kept <- err
			}
		}
	}()
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write(body)
		if want := "sha256=" + hex.EncodeToString(mac.Sum(nil)); err != nil ||
			!hmac.Equal([]byte(want), []byte(r.Header.Get("X-Hub-Signature"))) {
			http.Error(rw, "refused", http.StatusUnauthorized)
			return
		}
		a := arrival{r.Header.Get("X-Request-UUID"), body, make(chan error, 1)}
		waiting <- a
		if err := <-a.kept; err != nil {
			http.Error(rw, strconv.Quote(err.Error()), http.StatusInternalServerError)
			return
		}
		rw.WriteHeader(http.StatusNoContent)
	})
}

// cpuOf is the processor time that a process has used.
func cpuOf(b *testing.B, pid int) time.Duration {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Fatal(err)
	}
	// utime and stime are the 14th and 15th field; the second one, the name, may have spaces
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	var ticks int
	for _, field := range fields[11:13] {
		n, err := strconv.Atoi(field)
		if err != nil {
			b.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}
