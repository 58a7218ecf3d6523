package towpath_test

import (
	"os"
	"regexp"
	"testing"
)

// modernc.org/sqlite is C translated to Go and needs exactly the libc version of its own go.mod; a
// newer one breaks it at run time. To update it, read the version there and change both lines here.
func TestModule_pairsSQLiteWithItsLibc(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for module, want := range map[string]string{
		"modernc.org/sqlite": "v1.61.1",
		"modernc.org/libc":   "v1.79.0",
	} {
		found := regexp.MustCompile(`(?m)^\s*(?:require )?` + regexp.QuoteMeta(module) +
			` (\S+)`).FindSubmatch(text)
		if found == nil || string(found[1]) != want {
			t.Errorf("go.mod has %q, want %s %s", found, module, want)
		}
	}
}
