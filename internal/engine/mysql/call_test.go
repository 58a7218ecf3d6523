package mysql

import (
	"strings"
	"testing"
)

func FuzzFill(f *testing.F) {
	f.Add("it's `\\ \x00 ?", "\xe4\xb8\xad'")
	f.Fuzz(func(t *testing.T, a, b string) {
		if strings.ContainsFunc(fill(hole+","+hole, []any{a, b}),
			func(r rune) bool { return !strings.ContainsRune("_utf8mb4 X'0123456789abcdef,", r) }) {
			t.Errorf("%q and %q show", a, b)
		}
	})
}
