package executor

import "towpath/internal/statement"

// maxSummary is how many characters of a statement are logged.
const maxSummary = 200

// summary returns a statement's first words. If it may contain a secret, quoted texts are left out.
func summary(st statement.Statement) string {
	if st.MayHoldSecret() {
		return statement.Mask(st.Text, "'\"", maxSummary)
	}
	return st.Summary(maxSummary)
}
