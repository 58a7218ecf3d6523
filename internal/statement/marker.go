package statement

import (
	"regexp"
	"strings"
)

// Format is a migration tool whose markers a file has. It is told by the file's content alone.
type Format string

// The formats that are understood. A file without markers has none.
const (
	FormatGoose         Format = "goose"
	FormatDbmate        Format = "dbmate"
	FormatSQLMigrate    Format = "sql-migrate"
	FormatTern          Format = "tern"
	FormatSQLx          Format = "sqlx"
	FormatAtlas         Format = "Atlas"
	FormatDrizzle       Format = "Drizzle"
	FormatNodePgMigrate Format = "node-pg-migrate"
	FormatLiquibase     Format = "Liquibase"
)

// marker is a comment of one line that means something to a tool.
type marker struct {
	format    Format
	act       act
	noTx      bool
	downNoTx  bool   // the same of the way back alone
	delimiter string // ends a statement, beside the semicolon
	why       string // why it is not understood; "" when it is
}

// act is what a marker says of the text around it.
type act int

const (
	actNote  act = iota // nothing
	actUp               // what follows brings the change
	actDown             // what follows takes the change back
	actBegin            // one statement begins, which may have semicolons in it
	actEnd              // it ends
)

// comment is a line that begins with two dashes, in the forms in which it is compared.
type comment struct {
	line  string // without the line's end
	cr    bool   // the line ends with a carriage return and a line feed
	words string // in upper case with single blanks, without dashes and blanks at the start
}

func readComment(line string) (c comment, ok bool) {
	c.line, c.cr = strings.CutSuffix(line, "\r")
	trimmed := strings.TrimSpace(line)
	if !strings.HasPrefix(trimmed, "--") {
		return c, false
	}
	words := strings.Fields(strings.TrimLeft(trimmed, "-# \t"))
	c.words = strings.ToUpper(strings.Join(words, " "))
	return c, true
}

// indented reports whether the comment begins later than its line. The tools want no blanks there.
func (c comment) indented() bool { return !strings.HasPrefix(c.line, "--") }

// argument returns what follows the first word of the comment that ends with name, in any case.
func (c comment) argument(name string) string {
	at := strings.Index(strings.ToLower(c.line), strings.ToLower(name))
	if at < 0 || at+len(name) > len(c.line) {
		return ""
	}
	return strings.TrimSpace(c.line[at+len(name):])
}

// aboveAndBelow is tern's marker in any spelling.
var aboveAndBelow = regexp.MustCompile(`CREATE ABOVE ?/ ?DROP BELOW`)

// readMarker reads a comment as the tool would whose words it has. active is the format of the file
// so far: some words are a tool's only in its own files.
func readMarker(c comment, active Format, firstLine bool) (m marker, ok bool) {
	words := c.words
	switch {
	case strings.HasPrefix(words, "+GOOSE"), active == FormatGoose && strings.Contains(words, "+GOOSE"):
		m = gooseMarker(c)
	case strings.HasPrefix(words, "MIGRATE:"):
		m = dbmateMarker(c)
	case words == "+MIGRATE", strings.HasPrefix(words, "+MIGRATE "):
		m = sqlMigrateMarker(c)
	case strings.HasPrefix(words, "TERN:"), aboveAndBelow.MatchString(words):
		m = ternMarker(c)
	case startsWord(words, "ATLAS:NOLINT"): // says nothing about how the file runs
		return m, false
	case strings.HasPrefix(words, "ATLAS:"):
		m = atlasMarker(c, firstLine)
	case firstLine && startsWord(c.line, "-- no-transaction"):
		m = marker{format: FormatSQLx, noTx: true}
	case words == "UP MIGRATION", words == "DOWN MIGRATION",
		active == FormatNodePgMigrate && (startsWord(words, "UP MIGRATION") ||
			startsWord(words, "DOWN MIGRATION")):
		m = nodePgMigrateMarker(c)
	case strings.HasPrefix(words, "LIQUIBASE FORMATTED"):
		m = liquibaseHead(firstLine)
	case active == FormatLiquibase:
		return liquibaseMarker(c)
	default:
		return m, false
	}
	return m, true
}

// startsWord reports whether a text begins with words, and not with a longer word.
func startsWord(text, words string) bool {
	rest, ok := strings.CutPrefix(text, words)
	return ok && (rest == "" || !isLetter(rest[0]))
}

func isLetter(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '-' || c == '_' || c >= 0x80
}
