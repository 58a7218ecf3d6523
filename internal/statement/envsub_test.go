package statement_test

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"towpath/internal/statement"
)

func TestFill_envsub(t *testing.T) {
	t.Parallel()
	other := "Between ENVSUB ON and OFF, Towpath reads $name, ${name} and ${name:-text} only, and goose would " +
		"change this $ too. Write -- +goose ENVSUB OFF above the statement."
	const on, off = "-- +goose ENVSUB ON\n", "-- +goose ENVSUB OFF\n"
	for text, want := range map[string]string{
		"${Schema} $$ $1":                             "${Schema} $$ $1",
		on + "$Schema ${Schema}.t":                    off + "größe größe.t",
		on + "${Schema}" + "\n" + off + "$$ ${x}":     off + "größe\n" + off + "$$ ${x}",
		"\ufeff--\t+goose envsub on \r\nü$Schema\r\n": "\ufeff--\t+goose envsub OFF \r\nügröße\r\n",
		on + "-- $Schema\n'${empty:-x}${empty-x}'":    off + "-- größe\n'x'",
		on + "${no:-a b}${no-}":                       off + "a b",
		on + "$$":                                     "2:1: " + other,
		on + "a\n ä$1":                                "3:3: " + other,
		on + "${Schema:0:2}":                          "2:1: " + other,
		on + "${Schema?}":                             "2:1: " + other,
		on + "${no:-$Schema}":                         "2:1: " + other,
		on + "${no:-a\n}":                             "2:1: " + other,
		on + "cost $":                                 "2:6: " + other,
		on + strings.Repeat("x", 400) + "\n$schema": "3:1: The environment has no variable schema. Set it in the settings of the " +
			"environment, or write a value for where there is none: ${schema:-text}.",
		" " + on + "$1": " " + on + "$1", // goose refuses it, and so does what reads it next
		strings.Repeat("x", 40000) + "\n" + on + "$Schema": strings.Repeat("x", 40000) + "\n" + off + "größe",
	} {
		for _, src := range []io.Reader{
			strings.NewReader(text), iotest.OneByteReader(strings.NewReader(text)),
			iotest.DataErrReader(strings.NewReader(text)),
		} {
			filled, err := io.ReadAll(iotest.OneByteReader(statement.Fill(src, "goose", values)))
			got := string(filled)
			if err != nil {
				got = err.Error()
			}
			if got != want {
				t.Errorf("%q: %q, want %q", text, got, want)
			}
		}
	}
}

func TestPlaceholders_envsub(t *testing.T) {
	t.Parallel()
	text := "$before\n-- +goose ENVSUB ON\n$b ${A:-x} ${b}\n-- +goose ENVSUB OFF\n$after"
	names, err := statement.Placeholders(strings.NewReader(text), "goose", 9)
	if got := strings.Join(names, " "); got != "b a" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	text = "-- +goose ENVSUB ON\n$a $1"
	if _, err := statement.Placeholders(strings.NewReader(text), "goose", 9); statement.AsError(err) == nil {
		t.Errorf("a placeholder that is not understood: %v", err)
	}
}
