package rules

import (
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
			if len(n.name) > 63 {
				p.Report(n.pos, "", "The name %s has %d bytes, and the server cuts it at 63.", n.name, len(n.name))
			}
		}
	},
}
