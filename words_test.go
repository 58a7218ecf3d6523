package towpath_test

import (
	"bytes"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// An avoidedWord is one that comments, texts and documents must not use.
type avoidedWord struct {
	forms   string // in lower case, with commas between them
	instead string
}

// avoidedWords is the one list; CONTRIBUTING says how to write instead.
var avoidedWords = []avoidedWord{
	{"anew", "again, or a verb with re-: reread, rebuild"},
	{"mend, mends, mended, mending", "fix"},
	{"tell whether, tells whether", "report whether"},
	{"hand over, hands over, handed over, handing over", "pass, return"},
	{"let go, lets go, letting go, letgo", "release"},
	{
		"is through, are through, was through, were through, be through, been through",
		"has finished, has committed",
	},
	{"stand in, stands in, stood in, standing in", "is in, replaces"},
	{"made up for", "say what is done instead"},
	{"by hand of", "by"},
	{"hence, henceforth, whence, thence, whither, hitherto", "so, from here, until now"},
	{
		"thereof, therein, thereby, thereupon, whereof, wherein, whereby, whereupon, hereof, herein, hereby",
		"of it, in it, by it",
	},
	{"upon", "on"},
	{"shall", "must, will"},
	{"whilst, amongst", "while, among"},
	{"became of, becomes of", "the state, the outcome"},
}

// prose are the extensions of files that people read.
var prose = []string{
	".go", ".ts", ".tsx", ".mjs", ".css", ".html", ".md", ".golden", ".sql", ".sh", ".tmpl", ".txtar",
	".json", ".yml", ".yaml",
}

// scripts are files that people read, by names without an extension.
var scripts = []string{"Makefile", ".ci/run"}

// notProse are folders and files of other authors, or generated ones.
var notProse = []string{".git", "node_modules", "dist", "bin", "package-lock.json", "schema.gen.ts"}

// places returns the offsets of a form in a text, where it is a whole word.
func places(text []byte, form string) (offsets []int) {
	for from := 0; ; {
		i := bytes.Index(text[from:], []byte(form))
		if i < 0 {
			return offsets
		}
		start, end := from+i, from+i+len(form)
		before, _ := utf8.DecodeLastRune(text[:start])
		after, _ := utf8.DecodeRune(text[end:])
		if !unicode.IsLetter(before) && !unicode.IsLetter(after) {
			offsets = append(offsets, start)
		}
		from = end
	}
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]int{
		"mend": {0}, "recommend": nil, "a mend, to mend.": {2, 11}, "mending": nil, "// mend\n": {3},
		"émend": nil, "mend_it": {0},
	} {
		if got := places([]byte(text), "mend"); !slices.Equal(got, want) {
			t.Errorf("%q has it at %v, want %v", text, got, want)
		}
	}
}

// TestWords_arePlain holds comments, texts and documents to plain English.
func TestWords_arePlain(t *testing.T) {
	t.Parallel()
	read := 0
	err := fs.WalkDir(os.DirFS("."), ".", func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains(notProse, entry.Name()):
			return fs.SkipDir
		case entry.IsDir() || slices.Contains(notProse, entry.Name()) ||
			(!slices.Contains(prose, path.Ext(file)) && !slices.Contains(scripts, file)) ||
			file == "words_test.go":
			return nil
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		read++
		text = bytes.ToLower(text)
		for _, word := range avoidedWords {
			for form := range strings.SplitSeq(word.forms, ", ") {
				for _, at := range places(text, form) {
					t.Errorf("%s:%d: %q: write %s", file, 1+bytes.Count(text[:at], []byte("\n")), form,
						word.instead)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if read < 900 {
		t.Errorf("only %d files were read", read)
	}
}

// TestDocuments_areNarrow holds the prose of documents to 100 columns. Tables, code and headings
// stay on their lines.
func TestDocuments_areNarrow(t *testing.T) {
	t.Parallel()
	for _, file := range documents(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range wideProse(string(text)) {
			t.Errorf("%s:%d: wrap the prose at 100 columns", file, line)
		}
	}
}

// wideProse returns the numbers of the lines over 100 columns that a document could wrap.
func wideProse(text string) (numbers []int) {
	fenced := false
	for i, line := range strings.Split(text, "\n") {
		fence := strings.HasPrefix(strings.TrimSpace(line), "```")
		if fence {
			fenced = !fenced
		}
		code := fenced || fence || strings.HasPrefix(line, "    ")
		fixed := strings.HasPrefix(strings.TrimSpace(line), "|") || strings.HasPrefix(line, "#")
		if !code && !fixed && utf8.RuneCountInString(line) > 100 {
			numbers = append(numbers, i+1)
		}
	}
	return numbers
}

func TestWideProse(t *testing.T) {
	t.Parallel()
	wide := strings.Repeat("wide ", 21)
	for text, want := range map[string][]int{
		wide: {1}, "a\n- " + wide: {2}, "short": nil, strings.Repeat("ü", 100): nil,
		"| " + wide: nil, "   | " + wide: nil, "# " + wide: nil, "    " + wide: nil,
		"```\n" + wide + "\n```\n" + wide: {4},
	} {
		if got := wideProse(text); !slices.Equal(got, want) {
			t.Errorf("%q is wide in %v, want %v", text, got, want)
		}
	}
}
