package rules

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"towpath/internal/sqlreview"
)

var nm12 = sqlreview.Rule{
	ID:    "NM12",
	Title: "Name that is too long",
	Why: "The server cuts a name of more than 63 bytes without an error, so two names may " +
		"become one.",
	Dialects: postgres,
	Level:    sqlreview.Error,
	Bad: "CREATE INDEX a_name_of_more_than_sixty_three_bytes_which_the_server_cuts_short ON " +
		"orders (id);",
	Check: func(p *sqlreview.Pass) {
		for n := range named(p) {
			if whole := inText(p.Statement.Text, n.name); len(whole) > 63 {
				p.Report(n.pos, "", "The name %s has %d bytes, and the server cuts it at 63.",
					whole, len(whole))
			}
		}
	},
}

// inText is a name as a text has it. The parser cuts names as the server does.
func inText(text, name string) string {
	const shortest = 60 // where a character of four bytes does not fit any more
	at := strings.Index(strings.ToLower(text), strings.ToLower(name))
	if len(name) < shortest || at < 0 || len(strings.ToLower(text)) != len(text) {
		return name
	}
	end := at + len(name)
	for _, c := range text[end:] {
		if c != '_' && c != '$' && !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			break
		}
		end += utf8.RuneLen(c)
	}
	return text[at:end]
}
