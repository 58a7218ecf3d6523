package mysql

import (
	"math"
	"slices"

	"towpath/internal/dialect"
	"towpath/internal/statement"
)

// transaction lists the statements that may enclose a whole file.
// https://dev.mysql.com/doc/refman/8.4/en/commit.html
func transaction() statement.Transaction {
	return statement.Transaction{
		Begin: []string{"START TRANSACTION", "BEGIN", "BEGIN WORK"},
		End:   []string{"COMMIT", "COMMIT WORK"},
	}
}

// mark is the opening of a conditional comment: /*!40101 or /*M!100100; without a version it is 0.
type mark struct {
	version int
	mariadb bool
}

// servers are those that read a statement in one way: of one make, in a range of versions.
type servers struct {
	mysql, mariadb bool
	from, to       int // versions such as 80036 and 101119
}

// oldest are the first supported versions.
const (
	oldestMySQL   = 80000
	oldestMariaDB = 100600
)

// split separates the servers that run a comment with this mark from those that skip it.
// https://mariadb.com/kb/en/comment-syntax/
func (s servers) split(m mark) (run, skip []servers) {
	if s.mysql && s.mariadb {
		for _, one := range []servers{
			{mysql: true, from: oldestMySQL, to: math.MaxInt},
			{mariadb: true, from: oldestMariaDB, to: math.MaxInt},
		} {
			r, s := one.split(m)
			run, skip = append(run, r...), append(skip, s...)
		}
		return run, skip
	}
	mysqlOnly := !m.mariadb && m.version >= 50700 && m.version <= 99999
	switch {
	case s.mysql && m.mariadb, s.mariadb && mysqlOnly, m.version >= s.to:
		return nil, []servers{s}
	case m.version <= s.from:
		return []servers{s}, nil
	}
	newer, older := s, s
	newer.from, older.to = m.version, m.version
	return []servers{newer}, []servers{older}
}

// maxReadings bounds the number of readings of one statement.
const maxReadings = 16

// validator checks a statement in each way in which servers read its conditional comments. Every
// reading must be harmless, and all must end at the same place.
type validator struct {
	lexer    *lexer
	begun    bool
	readings []*reading
	within   bool // in a conditional comment
	comment  statement.Position
	many     bool
}

func newValidator(l *lexer) *validator {
	first := &reading{file: l, runs: true, servers: servers{mysql: true, mariadb: true}}
	first.own()
	return &validator{lexer: l, readings: []*reading{first}}
}

// open begins a conditional comment.
func (v *validator) open(pos statement.Position, m mark) {
	v.within, v.comment = true, pos
	var all []*reading
	for _, r := range v.readings {
		run, skip := r.servers.split(m)
		for i, of := range slices.Concat(run, skip) {
			one := r.clone()
			one.servers, one.runs = of, i < len(run)
			all = append(all, one)
		}
	}
	if len(all) == 2 && all[0].runs == all[1].runs { // both makes read it in the same way
		all = all[:1]
		all[0].servers = v.readings[0].servers
	}
	if v.many = len(all) > maxReadings; !v.many {
		v.readings = all
	}
}

// Token implements statement.Validator.
func (v *validator) Token(t statement.Token) (bool, error) {
	delimiter := t.Kind == statement.Symbol && v.lexer.delimiter != "" && string(t.Raw) == v.lexer.delimiter
	if t.Kind == statement.Symbol && len(t.Raw) > 1 && !delimiter {
		v.begun = true
		return false, v.border()
	}
	if delimiter && !v.within {
		if ends, all := v.ends(); ends {
			if !all {
				return true, statement.Errorf(v.comment,
					"This conditional comment decides where the statement ends. "+
						"Write the statement without the comment.")
			}
			return true, nil
		}
	}
	v.begun = true
	if t.Kind == statement.Word && t.Raw[0] == '$' {
		return false, statement.Errorf(t.Pos,
			"A name that begins with $ needs backquotes: newer servers read a quote of another kind there.")
	}
	var first error
	for _, r := range v.readings {
		if !r.runs {
			continue
		}
		if err := r.add(t); err != nil && first == nil {
			first = err
		}
	}
	return false, first
}

// border is the start or the end of a conditional comment.
func (v *validator) border() error {
	switch {
	case v.many:
		return statement.Errorf(v.comment,
			"Too many conditional comments of different versions. "+
				"Write the statement for the servers that you have.")
	case v.lexer.conditional == nil:
		v.within = false
		for _, r := range v.readings {
			r.runs = true
		}
	}
	return nil
}

// ends reports whether a delimiter ends the statement in some readings, and in all: a semicolon
// inside of a body does not.
func (v *validator) ends() (some, all bool) {
	if v.lexer.delimiter != ";" {
		return true, true
	}
	all = true
	for _, r := range v.readings {
		some = some || r.body.ends()
		all = all && r.body.ends()
	}
	return some, all
}

// Finish implements statement.Validator.
func (v *validator) Finish(s *statement.Statement, atEnd bool) error {
	if atEnd && v.lexer.conditional != nil {
		return statement.Errorf(*v.lexer.conditional,
			"The conditional comment that opens here is never closed.")
	}
	var first error
	for _, r := range v.readings {
		if atEnd && !r.body.ends() && v.lexer.delimiter == ";" {
			return statement.Errorf(r.begin,
				"The body that begins here has no end. Close it with END, or use DELIMITER.")
		}
		if err := r.finish(); err != nil && first == nil {
			first = err
		}
		verb := r.verb()
		if s.Verb != "" && verb != "" && s.Verb != verb && first == nil {
			first = statement.Errorf(v.comment,
				"This conditional comment decides what the statement is. "+
					"Write the statement without the comment.")
		}
		if s.Verb == "" {
			s.Verb = verb
		}
		s.NoTx = s.NoTx || r.commitsItself()
		s.State = max(s.State, r.state(verb))
		if s.Roles == nil {
			s.Roles = r.roles.refusal(r.begin)
		}
		for _, o := range slices.Concat(r.scope.outside, r.roles.outside) {
			if !slices.ContainsFunc(s.Outside, o.Same) {
				s.Outside = append(s.Outside, o)
			}
		}
	}
	s.Whole = dialect.FailsWhole(s.Verb)
	return first
}
