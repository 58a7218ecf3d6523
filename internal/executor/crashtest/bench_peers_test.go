package crashtest

import (
	"debug/buildinfo"
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"towpath"
	"towpath/internal/engine"
)

var peersDir = flag.String("peers", "", "a folder with other migration tools, which the benchmarks run too")

// peer is another migration tool: its file of a migration, and its command.
type peer struct {
	program string
	file    func(n int, script string) (name, text string)
	command func(folder, url string) []string
}

func peers() []peer {
	return []peer{
		{
			"goose",
			func(n int, s string) (string, string) {
				return fmt.Sprintf("%05d_t.sql", n), "-- +goose Up\n" + s + "\n"
			},
			func(folder, url string) []string { return []string{"-dir", folder, "postgres", url, "up"} },
		},
		{
			"tern",
			func(n int, s string) (string, string) { return fmt.Sprintf("%03d_t.sql", n), s + "\n" },
			func(folder, url string) []string {
				return []string{"migrate", "--migrations", folder, "--conn-string", url}
			},
		},
		{
			"migrate",
			func(n int, s string) (string, string) { return fmt.Sprintf("%05d_t.up.sql", n), s + "\n" },
			func(folder, url string) []string { return []string{"-path", folder, "-database", url, "up"} },
		},
		{
			"dbmate",
			func(n int, s string) (string, string) {
				return fmt.Sprintf("%05d_t.sql", n), "-- migrate:up\n" + s + "\n-- migrate:down\n"
			},
			func(folder, url string) []string {
				return []string{"--url", url, "--migrations-dir", folder, "--no-dump-schema", "migrate"}
			},
		},
	}
}

// BenchmarkPeers applies the files of BenchmarkApply on PostgreSQL with other tools, and with the
// executor again, against one bare loop.
func BenchmarkPeers(b *testing.B) {
	for range b.N {
		bare, ours := newWorld(b, towpath.EnginePostgres, nil), newWorld(b, towpath.EnginePostgres, nil)
		scripts := benchScripts()
		floor := bareLoop(b, bare, scripts)
		told := func(name string, took time.Duration) {
			fmt.Printf("bench: peers-%d-%s ratio=%.2f (%s, floor %s)\n", benchFiles, name,
				float64(took)/float64(floor), took.Round(time.Millisecond), floor.Round(time.Millisecond))
		}
		told("towpath", ourRun(b, ours, scripts))
		for _, p := range peers() {
			if program := filepath.Join(*peersDir, p.program); *peersDir != "" && exists(program) {
				told(p.program, p.run(b, program, scripts, bare.servers.postgres.Database(b)))
			}
		}
		bare.close()
		ours.close()
	}
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// run applies scripts in an empty database, and checks that the last one has run.
func (p peer) run(b *testing.B, program string, scripts []string, target engine.Target) time.Duration {
	b.Helper()
	folder := b.TempDir()
	for n, script := range scripts {
		name, text := p.file(n+1, script)
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	u := addressOf(target)
	command := exec.Command(program, p.command(folder, u.String())...)
	began := time.Now()
	if out, err := command.CombinedOutput(); err != nil {
		b.Fatalf("%s: %v\n%s", p.program, err, out)
	}
	took := time.Since(began)
	last := fmt.Sprintf("t%d", (len(scripts)-1)/4*4)
	shared.postgres.Exec(b, target.Database, "SELECT 1 / (SELECT count(*) FROM "+last+" WHERE note = 'd')")
	return took
}

// addressOf writes a target as a URL.
func addressOf(target engine.Target) url.URL {
	return url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(target.Username, target.Password),
		Host:     target.Address,
		Path:     "/" + target.Database,
		RawQuery: "sslmode=disable",
	}
}

// BenchmarkVersions prints which servers and tools the other benchmarks use.
func BenchmarkVersions(b *testing.B) {
	for e, query := range map[towpath.EngineType]string{
		towpath.EngineSQLite: "SELECT sqlite_version()", towpath.EnginePostgres: "SHOW server_version",
		towpath.EngineMySQL: "SELECT VERSION()",
	} {
		if !tried(e) {
			continue
		}
		w := newWorld(b, e, nil)
		version, _, _ := strings.Cut(w.query(query), " ")
		fmt.Printf("bench: version %s %s\n", e, version)
		w.close()
	}
	for _, p := range peers() {
		info, err := buildinfo.ReadFile(filepath.Join(*peersDir, p.program))
		if *peersDir != "" && err == nil {
			fmt.Printf("bench: version %s %s\n", p.program, strings.TrimPrefix(info.Main.Version, "v"))
		}
	}
}
