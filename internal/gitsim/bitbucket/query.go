package bitbucket

import (
	"fmt"
	"regexp"
	"strings"
)

// matcher reports whether an object, seen through its fields, fits a query.
type matcher func(field func(string) string) bool

var queryToken = regexp.MustCompile(
	`^\s*(?:("(?:[^"\\]|\\.)*")|(!=|!~|>=|<=|=|~|>|<)|([(),])|([^\s"=!~<>(),]+))`)

// parseQuery reads the filter language: comparisons and IN lists joined by AND and OR, with
// parentheses. AND binds closer than OR.
// https://developer.atlassian.com/cloud/bitbucket/rest/intro/#filtering
func parseQuery(q string) (matcher, error) {
	p := &queryParser{}
	for rest := q; strings.TrimSpace(rest) != ""; {
		t := queryToken.FindString(rest)
		if t == "" {
			return nil, fmt.Errorf("cannot read %q", rest)
		}
		p.tokens = append(p.tokens, strings.TrimSpace(t))
		rest = rest[len(t):]
	}
	m, err := p.or()
	if err == nil && len(p.tokens) > 0 {
		err = fmt.Errorf("unexpected %q", p.tokens[0])
	}
	return m, err
}

type queryParser struct{ tokens []string }

func (p *queryParser) next() string {
	if len(p.tokens) == 0 {
		return ""
	}
	t := p.tokens[0]
	p.tokens = p.tokens[1:]
	return t
}

func (p *queryParser) accept(word string) bool {
	if len(p.tokens) > 0 && strings.EqualFold(p.tokens[0], word) {
		p.tokens = p.tokens[1:]
		return true
	}
	return false
}

func (p *queryParser) or() (matcher, error) {
	left, err := p.and()
	for err == nil && p.accept("OR") {
		a := left
		var b matcher
		b, err = p.and()
		left = func(f func(string) string) bool { return a(f) || b(f) }
	}
	return left, err
}

func (p *queryParser) and() (matcher, error) {
	left, err := p.term()
	for err == nil && p.accept("AND") {
		a := left
		var b matcher
		b, err = p.term()
		left = func(f func(string) string) bool { return a(f) && b(f) }
	}
	return left, err
}

func (p *queryParser) term() (matcher, error) {
	if p.accept("(") {
		m, err := p.or()
		if err == nil && !p.accept(")") {
			err = fmt.Errorf("a parenthesis is not closed")
		}
		return m, err
	}
	field, op := p.next(), p.next()
	if field == "" || strings.HasPrefix(field, `"`) {
		return nil, fmt.Errorf("want a field, have %q", field)
	}
	if strings.EqualFold(op, "IN") {
		return p.in(field)
	}
	want, ok := literal(p.next())
	if !ok {
		return nil, fmt.Errorf("a value is missing after %s %s", field, op)
	}
	switch op {
	case "=":
		return func(f func(string) string) bool { return f(field) == want }, nil
	case "!=":
		return func(f func(string) string) bool { return f(field) != want }, nil
	case "~", "!~":
		return func(f func(string) string) bool {
			return strings.Contains(strings.ToLower(f(field)), strings.ToLower(want)) == (op == "~")
		}, nil
	case "<":
		return func(f func(string) string) bool { return f(field) < want }, nil
	case ">":
		return func(f func(string) string) bool { return f(field) > want }, nil
	case "<=":
		return func(f func(string) string) bool { return f(field) <= want }, nil
	case ">=":
		return func(f func(string) string) bool { return f(field) >= want }, nil
	}
	return nil, fmt.Errorf("unknown operator %q", op)
}

func (p *queryParser) in(field string) (matcher, error) {
	if !p.accept("(") {
		return nil, fmt.Errorf("want a list after IN")
	}
	wanted := map[string]bool{}
	for {
		v, ok := literal(p.next())
		if !ok {
			return nil, fmt.Errorf("a value is missing in the list")
		}
		wanted[v] = true
		if p.accept(")") {
			return func(f func(string) string) bool { return wanted[f(field)] }, nil
		}
		if !p.accept(",") {
			return nil, fmt.Errorf("the list is not closed")
		}
	}
}

// literal reads a quoted string, a number, a date or a word such as true and null.
func literal(token string) (string, bool) {
	if inner, ok := strings.CutPrefix(token, `"`); ok {
		return strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(strings.TrimSuffix(inner, `"`)), true
	}
	return token, token != "" && !strings.ContainsAny(token, "(),=~<>!")
}
