package schema_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"towpath/internal/schema"
)

func TestDiff(t *testing.T) {
	t.Parallel()
	before := "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\n"
	for name, c := range map[string]struct{ after, want string }{
		"the same":        {before, ""},
		"a line more":     {strings.Replace(before, "f\n", "f\nx\n", 1), "@@ -4,6 +4,7 @@\n d\n e\n f\n+x\n g\n h\n i\n"},
		"the first":       {"x" + before[1:], "@@ -1,4 +1,4 @@\n-a\n+x\n b\n c\n d\n"},
		"nothing is left": {"", "@@ -1,11 +1,0 @@\n-a\n-b\n-c\n-d\n-e\n-f\n-g\n-h\n-i\n-j\n-k\n"},
		"two far apart": {
			strings.Replace(strings.Replace(before, "a\n", "", 1), "k\n", "k\nl\n", 1),
			"@@ -1,4 +1,3 @@\n-a\n b\n c\n d\n@@ -9,3 +8,4 @@\n i\n j\n k\n+l\n",
		},
	} {
		if got := schema.Diff(before, c.after); got != c.want {
			t.Errorf("%s: got\n%s", name, got)
		}
	}
}

// The lines that stay and go are the first text, those that stay and come the second.
func TestDiff_losesNoLine(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c"}), 1, 7), func(lines []string) string {
			return strings.Join(lines, "\n") + "\n"
		})
		a, b := text.Draw(t, "before"), text.Draw(t, "after")
		diff := schema.Diff(a, b)
		gone, come := 0, 0
		for line := range strings.Lines(diff) {
			switch line[0] {
			case '-':
				gone++
			case '+':
				come++
			}
		}
		if (diff == "") != (a == b) || strings.Count(a, "\n")-gone != strings.Count(b, "\n")-come {
			t.Errorf("%q to %q is\n%s", a, b, diff)
		}
	})
}
