package mysql

import (
	"strings"

	"towpath/internal/statement"
)

// grant reads a GRANT or REVOKE of rights to objects, or of membership in roles. Rights to the
// whole server are refused.
type grant struct {
	on     bool
	roles  *roleReader
	stage  grantStage
	pos    statement.Position // of the object
	object []string           // its parts; "*" for all
	dots   int
}

type grantStage int

const (
	grantRights grantStage = iota
	grantObject
	grantTo
)

// add reads the next token after GRANT or REVOKE.
func (g *grant) add(t statement.Token, word string) error {
	switch {
	case g.stage == grantRights && (word == "TO" || word == "FROM"):
		g.roles.about = true
		fallthrough
	case g.stage == grantRights && word != "ON" && word != "PROXY":
		return g.roles.add(t, word)
	case word == "PROXY" && g.stage == grantRights:
		return statement.Errorf(t.Pos,
			"PROXY is a right to a user, and users belong to the server. Remove it.")
	case word == "ON" && g.stage == grantRights:
		g.stage = grantObject
	case (word == "TO" || word == "FROM") && g.stage == grantObject && len(g.object) > 0:
		g.stage = grantTo
	case g.stage == grantObject:
		g.addObject(t, word)
	case g.stage == grantTo && (word == "IDENTIFIED" || word == "WITH" || word == "REQUIRE" || word == "AS" ||
		word == "VIA"):
		return statement.Errorf(t.Pos, "%s changes a user, and users belong to the server. Remove it.",
			word)
	}
	return nil
}

func (g *grant) addObject(t statement.Token, word string) {
	if len(g.object) == 0 {
		switch word {
		case "TABLE", "FUNCTION", "PROCEDURE", "PACKAGE", "BODY":
			return
		}
		g.pos = t.Pos
	}
	switch {
	case t.Is('.'):
		g.dots++
	case t.Is('*'):
		g.object = append(g.object, "*")
	default:
		g.object = append(g.object, name(t))
	}
}

// finish checks the object. https://dev.mysql.com/doc/refman/8.4/en/grant.html
func (g *grant) finish(begin statement.Position) error {
	switch {
	case g.roles.about:
		return nil
	case g.stage == grantRights:
		return statement.Errorf(begin,
			"Roles and users belong to the server. A migration may only grant and revoke rights to objects "+
				"of its database: GRANT … ON table TO ….")
	case len(g.object) == 0:
		return statement.Errorf(begin,
			"A migration grants rights to its own database only. Name the database, or its object.")
	case g.object[0] == "*":
		return statement.Errorf(g.pos,
			"A migration grants rights to its own database only. Name the database, or its object.")
	}
	return nil
}

// outside returns the database that the object is in; qualified is false for the session's own
// database.
func (g *grant) outside() (o statement.Outside, qualified bool) {
	if !g.on || len(g.object) < 2 || g.dots == 0 {
		return o, false
	}
	o = statement.Outside{Kind: statement.OutsideDatabase, Name: g.object[0], Pos: g.pos}
	if g.object[1] == "*" {
		o.Kind = statement.OutsidePattern
	}
	return o, true
}

// plainPattern returns the one name that a grant's pattern matches; false when it matches several.
func plainPattern(pattern string) (string, bool) {
	var plain strings.Builder
	for i := 0; i < len(pattern); i++ {
		switch {
		case pattern[i] == '\\' && i+1 < len(pattern):
			i++
			plain.WriteByte(pattern[i])
		case pattern[i] == '%' || pattern[i] == '_':
			return "", false
		default:
			plain.WriteByte(pattern[i])
		}
	}
	return plain.String(), true
}
