package plan

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"towpath"
)

func TestParseVersion(t *testing.T) {
	t.Parallel()
	for label, want := range map[string]string{
		"1": "1", "v1.2": "1.2", "V007": "7", "0": "0", "000": "0", "1.02-RC3": "1.2.rc.3",
		"2024_01_31": "2024.1.31", "20240131120000": "20240131120000", "1a2": "1.a.2", "1..2": "1.2",
		"1+5": "1.5",
	} {
		got, err := ParseVersion(label)
		if err != nil || got != want {
			t.Errorf("ParseVersion(%q) = %q, %v; want %q", label, got, err, want)
		}
	}
	for _, label := range []string{
		"", "v", "init", "1/2", "1 2", "1_", ".1", "vv1", "é1",
		strings.Repeat("1", 101),
	} {
		if got, err := ParseVersion(label); towpath.ErrorCode(err) != towpath.CodeInvalid {
			t.Errorf("ParseVersion(%q) = %q, %v; want an invalid error", label, got, err)
		}
	}
}

func TestCompare_sortsByParts(t *testing.T) {
	t.Parallel()
	want := []string{
		"1", "1.0", "1.0.0", "1.9", "1.10", "1.10.a", "1.10.b", "1.a", "2", "10", "20240131",
		"9007199254740993", "99999999999999999999999999999999", "100000000000000000000000000000000",
	}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, Compare)
	if !slices.Equal(got, want) {
		t.Errorf("sorted: %v\nwant:   %v", got, want)
	}
}

func versions() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		label := rapid.StringMatching(`v?[0-9]{1,3}([._+-]?[0-9ab]{1,3}){0,3}`).Draw(t, "label")
		canonical, err := ParseVersion(label)
		if err != nil {
			t.Fatalf("ParseVersion(%q): %v", label, err)
		}
		return canonical
	})
}

func TestCompare_isATotalOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := versions().Draw(t, "a"), versions().Draw(t, "b"), versions().Draw(t, "c")
		if Compare(a, b) != -Compare(b, a) {
			t.Fatalf("%q and %q are not antisymmetric", a, b)
		}
		if (Compare(a, b) == 0) != (a == b) {
			t.Fatalf("%q and %q: equal by order but not by text, or the other way round", a, b)
		}
		if Compare(a, b) <= 0 && Compare(b, c) <= 0 && Compare(a, c) > 0 {
			t.Fatalf("%q, %q, %q are not transitive", a, b, c)
		}
	})
}

func TestParseVersion_ofACanonicalVersionChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		canonical := versions().Draw(t, "version")
		again, err := ParseVersion(canonical)
		if err != nil || again != canonical {
			t.Fatalf("ParseVersion(%q) = %q, %v", canonical, again, err)
		}
	})
}
