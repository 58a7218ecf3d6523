package mysql

import (
	"slices"
	"strings"

	"towpath/internal/statement"
)

// autocommit tracks the pairs that dumps write around a table's rows: SET autocommit = 0 … COMMIT.
// They are skipped, since the rows of a file commit with its ledger anyway. Either of them alone is
// refused. https://mariadb.com/kb/en/mariadb-dump/ (--no-autocommit)
type autocommit struct {
	tokens  []string         // of a SET or a COMMIT
	refused *statement.Error // unless the whole statement belongs to such a pair
}

// maxPair is one more than the tokens of the longest statement of a pair.
const maxPair = 16

func (a *autocommit) add(t statement.Token) {
	if len(a.tokens) < maxPair {
		a.tokens = append(a.tokens, strings.ToLower(string(t.Raw)))
	}
}

// finish returns the result for the statement. Only a file's own lexer records whether a pair is
// open.
func (a *autocommit) finish(file *lexer) error {
	switch text := strings.Join(a.tokens, ""); {
	case a.refused == nil:
		return nil
	case !file.ofFile:
		return a.refused
	case slices.Contains([]string{"commit", "commitwork"}, text):
		if file.manual {
			return statement.ErrPassOver
		}
	case a.sets("0", "off"):
		file.manual = true
		return statement.ErrPassOver
	case file.manual && a.sets("1", "on", "@old_autocommit"):
		file.manual = false
		return statement.ErrPassOver
	}
	return a.refused
}

// sets reports whether the statement sets autocommit to one of these values, and does nothing else
// except saving the old one.
func (a *autocommit) sets(values ...string) bool {
	text := strings.NewReplacer("@@session.", "", "@@", "").Replace(strings.Join(a.tokens[1:], ""))
	text = strings.TrimPrefix(text, "@old_autocommit=autocommit,")
	value, ok := strings.CutPrefix(strings.TrimPrefix(text, "session"), "autocommit=")
	return ok && slices.Contains(values, value)
}
