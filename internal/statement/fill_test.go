package statement_test

import (
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"towpath/internal/statement"
)

var values = map[string]string{"Schema": "größe", "empty": "", "a.b-c": "x"}

// wayOut ends the refusals of a placeholder without a value.
const wayOut = " in the settings of the environment, or turn off placeholders in those of the link."

func TestFill(t *testing.T) {
	t.Parallel()
	noEnd := "A placeholder begins here and does not end. Write }, or turn off placeholders in the " +
		"settings of the link."
	for text, want := range map[string]string{
		"":                             "",
		"SELECT 1":                     "SELECT 1",
		"CREATE TABLE ${schema}.t":     "CREATE TABLE größe.t",
		"${SCHEMA}${schema}":           "größegröße",
		"-- ${schema}\n'${a.b-c}'":     "-- größe\n'x'",
		"a${empty}b":                   "ab",
		"$$ $1 $ { $":                  "$$ $1 $ { $",
		"$$${schema}$$":                "$$größe$$",
		"\ufeffä${schema}\r\nü":        "\ufeffägröße\r\nü",
		"${other}":                     "1:1: The environment has no variable other. Set it" + wayOut,
		"\nä ${b} ${schema} ${a} ${B}": "2:3: The environment has no variables b, a. Set them" + wayOut,
		"${flyway:timestamp}": "1:1: ${flyway:timestamp} is one of Flyway's own placeholders, which Towpath " +
			"does not set. Write its value, or use a variable of the environment.",
		"x ${schema\n}":                       "1:3: " + noEnd,
		"${" + strings.Repeat("x", 300) + "}": "1:1: " + noEnd,
	} {
		for _, src := range []io.Reader{
			strings.NewReader(text), iotest.OneByteReader(strings.NewReader(text)),
			iotest.DataErrReader(strings.NewReader(text)),
		} {
			filled, err := io.ReadAll(iotest.OneByteReader(statement.Fill(src, "flyway", values)))
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

// TestFill_isReplaceAll draws texts and compares with what is obvious for a text in memory.
func TestFill_isReplaceAll(t *testing.T) {
	t.Parallel()
	pieces := []string{
		"${schema}", "${Schema}", "$", "{", "}", "ä", "\n", strings.Repeat("x", 20000), "$$", "${a.b-c}",
	}
	obvious := strings.NewReplacer("${schema}", "größe", "${Schema}", "größe", "${a.b-c}", "x")
	for range 300 {
		var text strings.Builder
		for range rand.IntN(12) {
			text.WriteString(pieces[rand.IntN(len(pieces))])
		}
		if strings.Contains(obvious.Replace(text.String()), "${") {
			continue // one that the pieces have made by chance
		}
		filled, err := io.ReadAll(statement.Fill(strings.NewReader(text.String()), "flyway", values))
		if err != nil || string(filled) != obvious.Replace(text.String()) {
			t.Fatalf("%q: %q, %v", text.String(), filled, err)
		}
		if lines := strings.Count(string(filled), "\n"); lines != strings.Count(text.String(), "\n") {
			t.Fatalf("%q: %d lines", text.String(), lines)
		}
	}
}

func TestFill_leavesOtherFilesAlone(t *testing.T) {
	t.Parallel()
	src := strings.NewReader("${schema}")
	if statement.Fill(src, "", values) != io.Reader(src) {
		t.Error("a file without placeholders is read through something")
	}
	if _, err := io.ReadAll(statement.Fill(src, "jinja", values)); statement.AsError(err) == nil {
		t.Errorf("a kind that does not exist: %v", err)
	}
	broken := errors.New("broken")
	text := io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(broken))
	if filled, err := io.ReadAll(statement.Fill(text, "flyway", values)); string(filled) != "abc" ||
		!errors.Is(err, broken) {
		t.Errorf("the reader's own error: %q, %v", filled, err)
	}
}

func TestFill_boundsTheText(t *testing.T) {
	t.Parallel()
	long := map[string]string{"x": strings.Repeat("y", 1<<20)}
	n, err := io.Copy(io.Discard, statement.Fill(strings.NewReader(strings.Repeat("${x}", 300)), "flyway", long))
	if statement.AsError(err) == nil || n > 258<<20 {
		t.Errorf("%d bytes, %v", n, err)
	}
}

func TestPlaceholders(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("x", 40000) + "${b} ${A} $${a} ${open\n ${flyway:x} ${c}"
	names, err := statement.Placeholders(strings.NewReader(text), "flyway", 4)
	if got := strings.Join(names, " "); got != "b a flyway:x c" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if names, _ := statement.Placeholders(strings.NewReader(text), "flyway", 2); len(names) != 2 {
		t.Errorf("not bounded: %q", names)
	}
}
