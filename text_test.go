package towpath_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"towpath"
)

func TestClip(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{"short \xff é", "short � é"},
		{strings.Repeat("x", 4096), strings.Repeat("x", 4096)},
		{strings.Repeat("x", 4097), strings.Repeat("x", 4096) + "… (1 bytes more)"},
		{strings.Repeat("x", 4095) + "é!", strings.Repeat("x", 4095) + "… (3 bytes more)"},
	} {
		if got := towpath.Clip(c.text); got != c.want {
			t.Errorf("a text of %d bytes reads %s", len(c.text), got)
		}
	}
	for n := range 12 {
		if got := towpath.ClipMore("aé🚀🚀b", n, 7); !utf8.ValidString(got) || strings.Contains(got, "�") ||
			!strings.Contains(got, "bytes more") {
			t.Errorf("cut at %d it reads %q", n, got)
		}
	}
	if got := towpath.Clip(strings.Repeat("\xff", 1<<20)); len(got) > 3*towpath.MaxText+64 {
		t.Errorf("what is no text has %d bytes", len(got))
	}
}
