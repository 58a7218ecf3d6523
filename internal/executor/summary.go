package executor

import (
	"regexp"

	"towpath/internal/statement"
)

// maxSummary is how many characters of a statement are logged.
const maxSummary = 200

// mayHoldSecret finds statements that may hold a password, or a text to connect with.
var mayHoldSecret = regexp.MustCompile(
	`(?i)passw|pwd|identified|connection|conninfo|mapping|secret|credential`)

// summary is a statement's first words. Where it may hold a secret, no quoted text is shown.
func summary(st statement.Statement) string {
	if st.Roles != nil || mayHoldSecret.MatchString(st.Text) {
		return statement.Mask(st.Text, "'\"", maxSummary)
	}
	return st.Summary(maxSummary)
}
