package mysql

import (
	"slices"
	"strings"

	"towpath/internal/statement"
)

// scope finds names that include the database of their object. A name with one dot may be a
// column's, so it counts only where the grammar expects an object: after key words, in their lists,
// and before a parenthesis. A name with two dots always begins with a database.
type scope struct {
	kind    string // of the object that the statement defines
	first   string // word of the statement
	outside []statement.Outside

	frames   []frame // of the open parentheses, outermost first
	expect   bool    // an object's name may come
	read     bool    // and it is only read
	database bool    // a database's own name may come
	on       bool    // an object comes after the next ON
	made     int     // 1 after the name of a table, 2 after a parenthesis that follows it
	definer  bool    // "DEFINER =" was read
	renames  bool    // a new name comes after TO

	parts  []string // of the current name
	pos    statement.Position
	bare   string // its upper case if it may be a key word
	host   bool   // it follows an @
	dotted bool   // the last token was its dot

	last     [3]string // the last words and symbols, newest first
	lastName string    // the last token, if it was a name without qualifier
}

// frame is the state inside of one pair of parentheses.
type frame struct {
	list  bool   // a comma is followed by another object
	write bool   // inside of a statement that changes rows
	name  string // the word before the parenthesis, in upper case
}

func (s *scope) clone() scope {
	c := *s
	c.outside = slices.Clone(s.outside)
	c.frames = slices.Clone(s.frames)
	c.parts = slices.Clone(s.parts)
	return c
}

func (s *scope) top() *frame {
	if len(s.frames) == 0 {
		s.frames = append(s.frames, frame{})
	}
	return &s.frames[len(s.frames)-1]
}

// add reads the next token.
func (s *scope) add(t statement.Token, word string) {
	isName := t.Kind == statement.Quoted || t.Kind == statement.Word
	switch {
	case t.Is('.') && len(s.parts) > 0 && !s.dotted:
		s.dotted = true
		return
	case s.dotted && (isName || t.Is('*')):
		part := "*"
		if isName {
			part = plainName(t)
		}
		s.parts, s.dotted = append(s.parts, part), false
		return
	}
	s.settle(t, word)
	if s.definer && (isName || t.Kind == statement.Text) {
		s.definer = false
		if word != "CURRENT_USER" && word != "CURRENT_ROLE" {
			s.note(statement.Outside{Kind: statement.OutsideDefiner, Name: name(t), Pos: t.Pos})
		}
	}
	if isName {
		s.parts, s.pos, s.bare, s.host = append(s.parts[:0], plainName(t)), t.Pos, word, s.last[0] == "@"
		return
	}
	s.symbol(t)
	s.shift(string(t.Raw[:1]), "")
}

func (s *scope) shift(word, name string) {
	s.last = [3]string{word, s.last[0], s.last[1]}
	s.lastName = name
}

// settle handles the name that ended before this token.
func (s *scope) settle(next statement.Token, word string) {
	parts, bare := s.parts, s.bare
	s.parts, s.dotted = s.parts[:0], false
	switch {
	case len(parts) == 0:
		return
	case s.first == "" && bare != "":
		s.first = bare
	}
	made := s.made
	s.made = 0
	switch {
	case s.host || numeral(parts[0]):
		s.expect = false
	case len(parts) > 1:
		if (s.expect && parts[1] != "*") || len(parts) > 2 || next.Is('(') {
			kind := statement.OutsideDatabase
			if s.expect && s.read {
				kind = statement.OutsideRead
			}
			s.note(statement.Outside{Kind: kind, Name: parts[0], Pos: s.pos})
		}
		s.named()
		bare = ""
	case bare != "" && s.last[0] != "{" && s.keyword(bare, next, word, made):
	case s.last[0] != "{":
		if s.database {
			s.database = false
			s.note(statement.Outside{Kind: statement.OutsideDatabase, Name: parts[0], Pos: s.pos})
		}
		s.named()
	}
	if len(parts) > 1 {
		s.shift("", "")
		return
	}
	s.shift(bare, parts[0])
}

// named records that an object's name was read.
func (s *scope) named() {
	if s.expect && (s.last[0] == "TABLE" || s.last[0] == "EXISTS") {
		s.made = 1
	}
	s.expect = false
}

func (s *scope) note(o statement.Outside) {
	if !slices.ContainsFunc(s.outside, o.Same) {
		s.outside = append(s.outside, o)
	}
}

// symbol reads a token that is neither a name nor a key word.
func (s *scope) symbol(t statement.Token) {
	made := s.made
	s.made = 0
	switch {
	case t.Kind != statement.Symbol:
		s.expect = false
	case t.Is('('):
		if s.made = 0; made == 1 {
			s.made = 2
		}
		s.open()
	case t.Is(')'):
		if len(s.frames) > 1 {
			s.frames = s.frames[:len(s.frames)-1]
		}
		s.expect = false
	case t.Is(','):
		s.expect, s.read = s.top().list, !s.top().write
	case t.Is(';'):
		*s.top() = frame{}
		s.expect = false
		s.on = false
		s.renames = false
		s.first = ""
	case t.Is('='):
		s.definer = s.last[0] == "DEFINER" && s.kind == ""
		s.expect = s.expect && (s.last[0] == "UNION" || s.last[0] == "RENAME")
	case t.Is('{'):
	default:
		s.expect = false
	}
}

// open begins a parenthesis.
func (s *scope) open() {
	outer := s.top().write
	f := frame{name: strings.ToUpper(s.lastName)}
	switch f.name {
	case "NEXTVAL", "LASTVAL", "SETVAL":
		s.expect, s.read = true, false
	default:
		f.list, f.write = s.expect, s.expect && outer
	}
	s.frames = append(s.frames, f)
}

// keyword reports whether a bare word is a key word here, and handles it. next is the token after
// it.
func (s *scope) keyword(word string, next statement.Token, nextWord string, made int) bool {
	expecting, frame := s.expect, s.top()
	s.expect = false
	switch word {
	case "IGNORE", "LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "LATERAL", "IF", "NOT", "EXISTS", "INTO":
		s.expect = expecting
		frame.list = frame.list && word != "INTO"
	case "QUICK", "HISTORY", "BODY":
		s.expect = expecting && (s.last[0] == "DELETE" || s.last[0] == "IGNORE" ||
			s.last[0] == "LOW_PRIORITY" || s.last[0] == "PACKAGE")
	case "INSERT", "REPLACE":
		s.expect, s.read = !next.Is('(') && s.last[0] != "OR", false
	case "UPDATE", "DELETE":
		s.change(word)
	case "FROM":
		if !splitsText(frame.name) && s.last[0] != "SYSTEM_TIME" {
			s.expect, s.read, frame.list = true, !frame.write, true
		}
	case "JOIN":
		s.expect, s.read, frame.list = true, !frame.write, true
	case "STRAIGHT_JOIN":
		s.expect = frame.list
	case "USING":
		s.expect = frame.write && frame.list && !next.Is('(')
	case "TABLE", "TABLES", "REFERENCES", "CALL", "RENAME", "TRUNCATE", "HANDLER":
		s.renames = s.renames || word == "RENAME"
		s.expect, s.read = !next.Is('('), false
		frame.list = frame.list || word == "TABLE" || word == "TABLES"
	case "VIEW", "SEQUENCE", "TRIGGER", "PROCEDURE", "FUNCTION", "EVENT", "PACKAGE":
		s.object(word)
	case "INDEX":
		s.on = s.on || s.defines()
	case "ON":
		s.expect, s.read, s.on = s.on, false, false
	case "TO", "AS":
		s.expect, s.read = s.last[0] == "RENAME" || (word == "TO" && s.renames), false
	case "LIKE":
		s.expect, s.read = made > 0, false
	case "UNION":
		s.expect = next.Is('(') || next.Is('=')
		s.read = false
		frame.list = false
	case "FOR":
		s.expect, s.read = s.last[0] == "VALUE", false
	case "OF":
		s.expect = s.last[0] == "TYPE" && s.last[1] == "ROW"
	case "DESCRIBE", "DESC", "EXPLAIN":
		s.expect, s.read = s.first == word, true
	case "DATABASE", "SCHEMA":
		s.database = s.kind == word && s.last[0] == "ALTER" && !databaseOption(nextWord)
	case "SELECT":
		frame.list, frame.write = false, false
	case "WHERE", "HAVING", "LIMIT", "SET":
		frame.list = false
	case "GROUP", "ORDER":
		frame.list = frame.list && s.last[0] == "FOR"
	case "RETURNING":
		frame.list = frame.list && !startsValue(next, nextWord)
	default:
		s.expect = expecting
		return false
	}
	return true
}

// change begins a statement that changes rows, unless the word belongs to another clause, such as
// ON UPDATE.
func (s *scope) change(word string) {
	switch s.last[0] {
	case "KEY":
		s.top().list = false
		return
	case "FOR", "ON", "BEFORE", "AFTER", "OR":
		return
	}
	s.expect, s.read = true, false
	s.top().list, s.top().write = true, true
}

// object begins the name of a defined object.
func (s *scope) object(word string) {
	if s.kind == word || s.defines() {
		s.expect, s.read = true, false
		s.top().list = s.top().list || s.last[0] == "DROP"
		s.on = s.on || word == "TRIGGER"
	}
}

// defines reports whether the last word begins a definition, in the body of a routine too.
func (s *scope) defines() bool {
	switch s.last[0] {
	case "CREATE", "DROP", "ALTER", "REPLACE", "TEMPORARY", "UNIQUE", "FULLTEXT", "SPATIAL", "VECTOR",
		"ONLINE", "OFFLINE", "IGNORE", "AGGREGATE":
		return true
	}
	return false
}

// splitsText names the functions with a FROM between their arguments.
func splitsText(word string) bool {
	switch word {
	case "EXTRACT", "TRIM", "SUBSTRING", "SUBSTR", "MID", "OVERLAY", "TRIM_ORACLE":
		return true
	}
	return false
}

// startsValue reports whether RETURNING is a key word: after a table's alias of that name the next
// token is another.
func startsValue(next statement.Token, word string) bool {
	switch word {
	case "USE", "IGNORE", "FORCE", "PARTITION":
		return false
	}
	return !next.Is(',') && !next.Is(')') && !next.Is(';')
}

func databaseOption(word string) bool {
	switch word {
	case "CHARACTER", "CHARSET", "DEFAULT", "COLLATE", "COMMENT":
		return true
	}
	return false
}

// numeral reports whether the server reads a word as a number instead of a name.
func numeral(word string) bool {
	digits := strings.TrimLeft(word, "0123456789")
	return len(digits) < len(word) &&
		(digits == "" ||
			((digits[0] == 'e' || digits[0] == 'E') && strings.Trim(digits[1:], "0123456789") == ""))
}

func plainName(t statement.Token) string {
	if t.Kind == statement.Quoted {
		return strings.ReplaceAll(string(t.Raw[1:len(t.Raw)-1]), "``", "`")
	}
	return string(t.Raw)
}

// finish handles the name that ends the statement.
func (s *scope) finish() { s.settle(statement.Token{}, "") }
