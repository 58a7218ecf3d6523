package towpath_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"towpath"
)

// auditLog makes a chain of n events, whose texts are unlucky.
func auditLog(n int) (lines []string, events []towpath.Event) {
	var head towpath.AuditHead
	for i := range n {
		e := towpath.Actor{Member: towpath.Member{ID: "größe"}}.Did(towpath.ActMemberRename, "s", "",
			"name", "<b>&\u2028\x00\xff\"", "n", fmt.Sprint(i)).With(towpath.Changed("a", "1", "2"))
		e.ID = fmt.Sprint("e", i+1)
		e.At = time.UnixMicro(int64(i) * 1_000_001)
		e.Origin = towpath.Origin{Via: towpath.OriginToken, CredentialID: "c", Address: "::1"}
		e = e.Chained(head)
		head = towpath.AuditHead{Number: e.Number, Hash: e.Hash}
		events = append(events, e)
		lines = append(lines, string(e.AuditLine()))
	}
	return lines, events
}

// forged is an event that somebody changed and gave a fitting hash.
func forged(e towpath.Event, number int64, previous string) string {
	e.ActorID = "mallory"
	return string(e.Chained(towpath.AuditHead{Number: number - 1, Hash: previous}).AuditLine())
}

func TestAuditLine_isStable(t *testing.T) {
	t.Parallel()
	lines, _ := auditLog(2)
	want := `{"number":2,"previous":"` + lines[0][len(lines[0])-66:len(lines[0])-2] +
		`","id":"e2","at":"1970-01-01T00:00:01.000001Z","act":"member.rename","member":"größe",` +
		`"via":"api-token","credential":"c","address":"::1","subject":"s",` +
		`"params":{"n":"1","name":"<b>&\u2028��\""},"changes":[{"setting":"a","from":"1","to":"2"}],` +
		`"hash":"` + goldenAuditHash + `"}`
	if diff := cmp.Diff(want, lines[1]); diff != "" {
		t.Error(diff)
	}
}

// goldenAuditHash never changes: logs that were exported earlier must verify.
const goldenAuditHash = "fe6a3493cd310275b0cd058c91df25d0cd5d5503afe7ab63fa68162c8269749d"

func TestAuditCheck_namesTheRow(t *testing.T) {
	t.Parallel()
	lines, events := auditLog(9)
	at := func(i int) string { return lines[i-1] }
	hash := func(i int) string { return events[i-1].Hash }
	edit := func(change func(lines []string) []string) []string { return change(slices.Clone(lines)) }
	set := func(i int, line string) []string {
		return edit(func(l []string) []string { l[i-1] = line; return l })
	}
	for name, c := range map[string]struct {
		lines []string
		head  string
		want  []string
	}{
		"whole":                {lines: lines, head: hash(9)},
		"whole, and has grown": {lines: lines, head: hash(4)},
		"empty":                {},
		"changed":              {lines: set(4, strings.Replace(at(4), "größe", "bob", 1)), want: []string{"changed 4"}},
		"changed time":         {lines: set(1, strings.Replace(at(1), "1970", "1971", 1)), want: []string{"changed 1"}},
		"changed last":         {lines: set(9, strings.Replace(at(9), "größe", "bob", 1)), want: []string{"changed 9"}},
		"changed hash":         {lines: set(4, strings.Replace(at(4), hash(4), hash(3), 1)), want: []string{"changed 4"}},
		"changed with its hash": {
			lines: set(4, forged(events[3], 4, hash(3))), want: []string{"changed 4"},
		},
		"changed with another previous": {
			lines: set(4, forged(events[3], 4, hash(2))), want: []string{"changed 4"},
		},
		"first changed with its hash": {
			lines: set(1, forged(events[0], 1, "")), want: []string{"changed 1"},
		},
		"last changed with its hash, and a head": {
			lines: set(9, forged(events[8], 9, hash(8))), head: hash(9), want: []string{"cut off 10"},
		},
		"written in another way": {
			lines: set(4, strings.Replace(at(4), `,"id"`, `, "id"`, 1)), want: []string{"changed 4"},
		},
		"no row": {lines: set(4, "x"), want: []string{"unreadable 4", "removed 4"}},
		"removed": {
			lines: edit(func(l []string) []string { return slices.Delete(l, 3, 4) }), want: []string{"removed 4"},
		},
		"several removed": {
			lines: edit(func(l []string) []string { return slices.Delete(l, 3, 6) }), want: []string{"removed 4-6"},
		},
		"beginning removed": {lines: lines[2:], want: []string{"removed 1-2"}},
		"end cut off":       {lines: lines[:8], head: hash(9), want: []string{"cut off 9"}},
		"inserted with a number": {
			lines: edit(func(l []string) []string { return slices.Insert(l, 5, forged(events[3], 5, hash(4))) }),
			want:  []string{"inserted 5"},
		},
		"inserted before": {
			lines: edit(func(l []string) []string { return slices.Insert(l, 4, forged(events[3], 5, hash(4))) }),
			want:  []string{"inserted 5"},
		},
		"copied": {
			lines: edit(func(l []string) []string { return append(l, at(3)) }), want: []string{"inserted 3"},
		},
		"two swapped": {
			lines: edit(func(l []string) []string { l[3], l[4] = l[4], l[3]; return l }),
			want:  []string{"moved 4"},
		},
		"moved to the end": {
			lines: edit(func(l []string) []string { return append(slices.Delete(l, 3, 4), at(4)) }),
			want:  []string{"moved 4"},
		},
		"moved and changed with its hash": {
			lines: edit(func(l []string) []string {
				return append(slices.Delete(l, 3, 4), forged(events[3], 4, hash(3)))
			}),
			want: []string{"moved 4", "changed 4"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var check towpath.AuditCheck
			check.Expect(c.head)
			for _, line := range c.lines {
				check.Add([]byte(line + "\n"))
			}
			whole := check.End()
			var got []string
			for _, f := range check.Findings {
				text := fmt.Sprint(f.Fault, " ", f.First)
				if f.Last != f.First {
					text += fmt.Sprint("-", f.Last)
				}
				got = append(got, text)
			}
			if diff := cmp.Diff(c.want, got); diff != "" || whole != (c.want == nil) {
				t.Errorf("whole: %t %s", whole, diff)
			}
		})
	}
}

func BenchmarkAuditCheck_1MRows(b *testing.B) {
	lines, _ := auditLog(1000)
	one := []byte(lines[999])
	for b.Loop() {
		var check towpath.AuditCheck
		for range 1_000_000 {
			check.Add(one)
		}
	}
}
