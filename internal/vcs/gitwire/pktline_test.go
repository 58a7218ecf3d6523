package gitwire

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const (
	hashA = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	hashB = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
)

// packets joins lines; "" is a flush.
func packets(lines ...string) string {
	var b []byte
	for _, line := range lines {
		if line == "" {
			b = append(b, "0000"...)
			continue
		}
		b = appendPacket(b, line)
	}
	return string(b)
}

func TestReadRefs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body string
		want refAnswer
	}{
		"version 2 tells its capabilities": {
			packets("version 2", "agent=git/2.39", "ls-refs=unborn", "object-format=sha1", ""),
			refAnswer{version2: true, capabilities: []string{
				"agent=git/2.39", "ls-refs=unborn",
				"object-format=sha1",
			}, heads: map[string]string{}},
		},
		"version 2 behind a service line": {
			packets("# service=git-upload-pack", "", "version 2", "fetch", ""),
			refAnswer{version2: true, capabilities: []string{"fetch"}, heads: map[string]string{}},
		},
		"version 0 tells all refs, of which branches count": {
			packets("# service=git-upload-pack", "", hashA+" HEAD\x00multi_ack symref=HEAD:refs/heads/main",
				hashA+" refs/heads/main",
				hashB+" refs/heads/a/b", hashB+" refs/tags/v1", hashA+" refs/tags/v1^{}", ""),
			refAnswer{heads: map[string]string{"main": hashA, "a/b": hashB}},
		},
		"version 1 is version 0 with a line before it": {
			packets("# service=git-upload-pack", "", "version 1", hashA+" refs/heads/main\x00caps", ""),
			refAnswer{heads: map[string]string{"main": hashA}},
		},
		"an empty repository in version 0": {
			packets("# service=git-upload-pack", "", strings.Repeat("0", 40)+" capabilities^{}\x00caps", ""),
			refAnswer{heads: map[string]string{}},
		},
		"an answer to ls-refs with attributes": {
			packets(hashA+" refs/heads/main symref-target:x", "unborn HEAD", ""),
			refAnswer{heads: map[string]string{"main": hashA}},
		},
		"no ref at all": {packets(""), refAnswer{heads: map[string]string{}}},
	} {
		got, err := readRefs(strings.NewReader(c.body))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(refAnswer{})); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestReadRefs_refusals(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"a web page":             "<html>sign in</html>",
		"nothing":                "",
		"cut inside a length":    packets(hashA+" refs/heads/main") + "00",
		"cut inside a line":      packets(hashA + " refs/heads/main")[:20],
		"cut before the end":     packets(hashA + " refs/heads/main"),
		"a length of three":      "0003",
		"a length beyond git's":  "ffff" + strings.Repeat("x", 65531),
		"an error of the server": packets("ERR access denied"),
	} {
		if got, err := readRefs(strings.NewReader(body)); err == nil {
			t.Errorf("%s: read as %+v", name, got)
		}
	}
}

func TestPackets_whatIsWrittenIsRead(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOf(rapid.StringMatching(`[^\n]{0,200}`)).Draw(t, "lines")
		var b []byte
		for _, line := range lines {
			b = appendPacket(b, line)
		}
		r := bufio.NewReader(bytes.NewReader(b))
		for _, want := range lines {
			if kind, got, err := readPacket(r); kind != packetLine || got != want || err != nil {
				t.Fatalf("%v %q %v, want %q", kind, got, err, want)
			}
		}
		if _, _, err := readPacket(r); !errors.Is(err, io.EOF) {
			t.Fatalf("after the last: %v", err)
		}
	})
}

func FuzzReadRefs(f *testing.F) {
	f.Add([]byte(packets("# service=git-upload-pack", "", hashA+" refs/heads/main\x00caps", "")))
	f.Add([]byte(packets("version 2", "object-format=sha256", "")))
	f.Add([]byte("0001000200040005\n0000"))
	f.Add([]byte("zzzz"))
	f.Fuzz(func(t *testing.T, body []byte) {
		answer, err := readRefs(bytes.NewReader(body))
		if err != nil {
			return
		}
		for branch, hash := range answer.heads {
			if branch == "" || !isHash(hash) {
				t.Fatalf("branch %q at %q", branch, hash)
			}
		}
		if _, err := readRefs(bytes.NewReader(append(lsRefsCommand(serverOf(answer.capabilities)),
			"0000"...))); err != nil && !bytes.Contains(body, []byte("object-format=")) {
			t.Fatalf("our own command cannot be read: %v", err)
		}
	})
}
