package executor

import (
	"regexp"

	"towpath/internal/statement"
)

// maxSummary is how many characters of a statement are logged.
const maxSummary = 200

// mayHoldSecret matches statements that may contain a password or a connection string.
var mayHoldSecret = regexp.MustCompile(
	`(?i)passw|pwd|identified|connection|conninfo|mapping|secret|credential`)

// summary returns a statement's first words. If it may contain a secret, quoted texts are left out.
func summary(st statement.Statement) string {
	if st.Roles != nil || mayHoldSecret.MatchString(st.Text) {
		return statement.Mask(st.Text, "'\"", maxSummary)
	}
	return st.Summary(maxSummary)
}
