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

// judge checks a statement in each way in which servers read its conditional comments. Every
// reading must be harmless, and all must end at the same place.
type judge struct {
	lexer    *lexer
	begun    bool
	readings []*reading
	within   bool // in a conditional comment
	comment  statement.Position
	many     bool
}

func newJudge(l *lexer) *judge {
	first := &reading{file: l, runs: true, servers: servers{mysql: true, mariadb: true}}
	first.own()
	return &judge{lexer: l, readings: []*reading{first}}
}

// open begins a conditional comment.
func (j *judge) open(pos statement.Position, m mark) {
	j.within, j.comment = true, pos
	var all []*reading
	for _, r := range j.readings {
		run, skip := r.servers.split(m)
		for i, of := range slices.Concat(run, skip) {
			one := r.clone()
			one.servers, one.runs = of, i < len(run)
			all = append(all, one)
		}
	}
	if len(all) == 2 && all[0].runs == all[1].runs { // both makes read it in the same way
		all = all[:1]
		all[0].servers = j.readings[0].servers
	}
	if j.many = len(all) > maxReadings; !j.many {
		j.readings = all
	}
}

// Token implements statement.Judge.
func (j *judge) Token(t statement.Token) (bool, error) {
	delimiter := t.Kind == statement.Symbol && j.lexer.delimiter != "" && string(t.Raw) == j.lexer.delimiter
	if t.Kind == statement.Symbol && len(t.Raw) > 1 && !delimiter {
		j.begun = true
		return false, j.border()
	}
	if delimiter && !j.within {
		if ends, all := j.ends(); ends {
			if !all {
				return true, statement.Errorf(j.comment,
					"This conditional comment decides where the statement ends. Write the statement without the comment.")
			}
			return true, nil
		}
	}
	j.begun = true
	if t.Kind == statement.Word && t.Raw[0] == '$' {
		return false, statement.Errorf(t.Pos,
			"A name that begins with $ needs backquotes: newer servers read a quote of another kind there.")
	}
	var first error
	for _, r := range j.readings {
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
func (j *judge) border() error {
	switch {
	case j.many:
		return statement.Errorf(j.comment,
			"Too many conditional comments of different versions. Write the statement for the servers that you have.")
	case j.lexer.conditional == nil:
		j.within = false
		for _, r := range j.readings {
			r.runs = true
		}
	}
	return nil
}

// ends reports whether a delimiter ends the statement in some readings, and in all: a semicolon
// inside of a body does not.
func (j *judge) ends() (some, all bool) {
	if j.lexer.delimiter != ";" {
		return true, true
	}
	all = true
	for _, r := range j.readings {
		some = some || r.body.ends()
		all = all && r.body.ends()
	}
	return some, all
}

// Finish implements statement.Judge.
func (j *judge) Finish(s *statement.Statement, atEnd bool) error {
	if atEnd && j.lexer.conditional != nil {
		return statement.Errorf(*j.lexer.conditional,
			"The conditional comment that opens here is never closed.")
	}
	var first error
	for _, r := range j.readings {
		if atEnd && !r.body.ends() && j.lexer.delimiter == ";" {
			return statement.Errorf(r.begin,
				"The body that begins here has no end. Close it with END, or use DELIMITER.")
		}
		if err := r.finish(); err != nil && first == nil {
			first = err
		}
		verb := r.verb()
		if s.Verb != "" && verb != "" && s.Verb != verb && first == nil {
			first = statement.Errorf(j.comment,
				"This conditional comment decides what the statement is. Write the statement without the comment.")
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
