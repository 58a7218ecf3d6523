package statement

import (
	"regexp"
	"slices"
	"strings"
)

// liquibaseHead is the first line of a changelog in SQL.
// https://docs.liquibase.com/concepts/changelogs/sql-format.html
func liquibaseHead(firstLine bool) marker {
	m := marker{format: FormatLiquibase}
	if !firstLine {
		m.why = "Liquibase reads this on the first line only. Move it there, or remove it."
	}
	return m
}

// changesetForm is the line that begins a changeset: its author, its id and its attributes.
var changesetForm = regexp.MustCompile(`(?i)^--\s*changeset\s+(?:"[^"]+"|[^:]+):\s*(?:"[^"]+"|\S+)(.*)$`)

// liquibaseMarker reads a comment of a changelog in SQL. Each --rollback is a comment of one line.
func liquibaseMarker(c comment) (m marker, ok bool) {
	m.format = FormatLiquibase
	word := strings.TrimRight(c.words, ":")
	if at := strings.IndexAny(word, " :"); at >= 0 {
		word = word[:at]
	}
	switch {
	case word == "CHANGESET":
		parts := changesetForm.FindStringSubmatch(c.line)
		if parts == nil {
			m.why = "A changeset needs its author and its id, as in --changeset ann:1."
			return m, true
		}
		m.act = actUp
		m.noTx, m.why = changesetAttributes(parts[1])
	case word == "ROLLBACK", word == "COMMENT", word == "VALIDCHECKSUM":
	case strings.HasPrefix(word, "PRECONDITION"):
		m.why = "Towpath does not check Liquibase's preconditions. " +
			"Remove them if the changeset may run without."
	case word == "IGNORELINES", word == "IGNORE", word == "PROPERTY":
		m.why = "Towpath does not understand this of Liquibase's comments." + wayOut
	default:
		return m, false
	}
	return m, true
}

// attributes lists what a changeset may say, with the values that are understood; nil is any.
var attributes = map[string][]string{
	"runintransaction": {"true", "false"}, "splitstatements": {"true", "false"},
	"stripcomments": {"true", "false"}, "enddelimiter": {";"},
	"runonchange": {"false"}, "runalways": {"false"}, "failonerror": {"true"},
	"logicalfilepath": nil, "rollbackenddelimiter": nil, "rollbacksplitstatements": nil,
}

func changesetAttributes(text string) (noTx bool, why string) {
	for _, one := range strings.Fields(text) {
		name, value, _ := strings.Cut(one, ":")
		name = strings.ToLower(name)
		values, known := attributes[name]
		switch {
		case !known:
			return false, "Towpath does not understand the attribute " + shorten(one) + " of a changeset. " +
				"Remove it if the changeset may run without."
		case values != nil && !slices.Contains(values, strings.ToLower(value)):
			return false, "Towpath does not understand " + shorten(one) + ". Use " +
				strings.Join(values, " or ") + ", or remove the attribute."
		}
		noTx = noTx || name == "runintransaction" && strings.EqualFold(value, "false")
	}
	return noTx, ""
}
