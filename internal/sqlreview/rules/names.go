package rules

import (
	"regexp"
	"slices"
	"strings"

	"towpath/internal/sqlreview"
)

// matches reports whether a name has the form that the setting asks for. pairs are placeholders and
// what they stand for. A form that is no regular expression matches all.
func matches(p *sqlreview.Pass, name string, pairs ...string) bool {
	format := p.Setting("format")
	if len(pairs) > 0 && simple(format) {
		if marked, names := mark(format, name, pairs); len(names) <= maxMarked {
			e, err := p.Regexp(marked)
			return err != nil || slices.ContainsFunc(names, e.MatchString)
		}
	}
	e, err := p.Regexp(strings.NewReplacer(escaped(pairs)...).Replace(format))
	return err != nil || e.MatchString(name)
}

// escaped makes names fit for a regular expression.
func escaped(pairs []string) []string {
	for i := 1; i < len(pairs); i += 2 {
		pairs[i] = regexp.QuoteMeta(pairs[i])
	}
	return pairs
}

// simple reports whether a form takes a sign for what it stands for, see mark: no class and no lone
// dot counts its characters.
func simple(format string) bool {
	if strings.Contains(format, `\`) || strings.Contains(format, "[^") {
		return false
	}
	for _, rest := range strings.Split(format, ".")[1:] {
		if !strings.HasPrefix(rest, "+") && !strings.HasPrefix(rest, "*") {
			return false
		}
	}
	return true
}

// maxMarked bounds the names that mark makes of one.
const maxMarked = 64

// mark makes one expression for all names, since to compile one takes longer than all that the rules
// do with a statement. A sign, a character that no name has, is in place of each placeholder, and
// in place of some of what it stands for in the name. The name has the form when one of names has.
func mark(format, name string, pairs []string) (marked string, names []string) {
	names = []string{name}
	for i := 0; i < len(pairs) && len(names) <= maxMarked; i += 2 {
		placeholder, value := pairs[i], pairs[i+1]
		if !strings.Contains(format, placeholder) {
			continue
		}
		if value == "" {
			format = strings.ReplaceAll(format, placeholder, "")
			continue
		}
		sign := string('\uE000' + rune(i))
		format = strings.ReplaceAll(format, placeholder, sign)
		for _, n := range names {
			names = replaced(names, "", n, value, sign)
		}
	}
	return format, names
}

// replaced appends the names in which a sign is in place of one or more occurrences of a value in the
// rest of the name, behind head.
func replaced(names []string, head, rest, value, sign string) []string {
	for from := 0; len(names) <= maxMarked; {
		at := strings.Index(rest[from:], value)
		if at < 0 {
			break
		}
		before := head + rest[:from+at] + sign
		behind := rest[from+at+len(value):]
		names = replaced(append(names, before+behind), before, behind, value, sign)
		from += at + 1
	}
	return names
}
