package rules

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// One expression for all names says what an expression of each name's own would say.
func TestMark_saysWhatItsExpressionSays(t *testing.T) {
	t.Parallel()
	formats := []string{
		"^(ix|idx)_{{table}}_{{columns}}$", "{{table}}", "^{{table}}_.*$|^$", "(?i)^IX_{{columns}}_{{table}}$",
		"^{{table}}_{{table}}$", "^[a-z_]+_{{table}}$",
	}
	for _, r := range All {
		for _, s := range r.Settings {
			if s.Name == "format" && strings.Contains(s.Default, "{{") {
				formats = append(formats, s.Default)
			}
		}
	}
	tables := []string{"a", "a_a", "order", "größe", "a.b", "aa", "x(", ""}
	columns := []string{"a", "a_a", "b", "a_b", "größe", ""}
	shapes := []string{
		"", "%t", "idx_%t_%c", "ix_%c_%t", "%t_%c_idx", "%t_%t", "%t%t", "pk_%t", "%t_pkey", "fk_%t_%c", "%t_%c_fkey", "ck_%t_x",
		"idx_%t%t_%c", "uk_%c", "%t_", "_%t_%c_key", "IX_%c_%t",
	}
	n := 0
	for _, format := range formats {
		if !simple(format) {
			t.Errorf("%s is not simple", format)
		}
		for _, table := range tables {
			for _, column := range columns {
				own := regexp.MustCompile(strings.NewReplacer(
					escaped([]string{"{{table}}", table, "{{columns}}", column})...).Replace(format))
				for _, shape := range shapes {
					name := strings.NewReplacer("%t", table, "%c", column).Replace(shape)
					marked, names := mark(format, name, []string{"{{table}}", table, "{{columns}}", column})
					got := slices.ContainsFunc(names, regexp.MustCompile(marked).MatchString)
					if n++; got != own.MatchString(name) {
						t.Errorf("%s of table %q, columns %q: %q fits: %t", format, table, column, name, got)
					}
				}
			}
		}
	}
	for _, format := range []string{`^{{table}}\b`, "^{{table}}_.$", "^[^_]+_{{table}}$", "^.{1,9}$|{{table}}"} {
		if simple(format) {
			t.Errorf("%s is simple", format)
		}
	}
	if n == 0 {
		t.Error("no name was tried")
	}
	_, names := mark("{{table}}", strings.Repeat("a", 200), []string{"{{table}}", "a"})
	if len(names) <= maxMarked || len(names) > 2*maxMarked {
		t.Errorf("a name is %d names", len(names))
	}
}
