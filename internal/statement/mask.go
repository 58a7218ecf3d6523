package statement

import (
	"regexp"
	"strings"
)

// Mask describes another session's statement without the data in it: on one line, at most n
// characters, with ? for texts and numbers. texts are the characters that enclose text in the
// dialect, ' or '"; text in other quotes is a name and stays. Comments are left out. Where dialects
// disagree about what is text, the rest is left out.
func Mask(text, texts string, n int) string {
	m := masker{rest: strings.ToValidUTF8(text, "?"), texts: texts}
	for m.rest != "" && m.out.Len() < 4*n {
		m.step()
	}
	return Statement{Text: m.out.String()}.Summary(n)
}

type masker struct {
	rest  string
	texts string
	out   strings.Builder
}

var (
	maskTag    = regexp.MustCompile(`^\$([\pL_][\pL\pN_]*)?\$`)
	maskWord   = regexp.MustCompile(`^[\pL_@:$][\pL\pN_$]*`)
	maskNumber = regexp.MustCompile(`^\.?\pN[\pL\pN_.]*`)
)

func (m *masker) step() {
	switch c := m.rest[0]; {
	case c == '\'' || c == '"' || c == '`':
		m.quoted(c)
	case strings.HasPrefix(m.rest, "--"), c == '#':
		m.comment("\n")
	case strings.HasPrefix(m.rest, "/*"):
		m.comment("*/")
	case maskTag.MatchString(m.rest):
		tag := maskTag.FindString(m.rest)
		_, after, _ := strings.Cut(m.rest[len(tag):], tag)
		m.replace(after, "?")
	case maskWord.MatchString(m.rest):
		m.keep(len(maskWord.FindString(m.rest)))
	case maskNumber.MatchString(m.rest):
		m.replace(m.rest[len(maskNumber.FindString(m.rest)):], "?")
	default:
		m.keep(1)
	}
}

func (m *masker) keep(n int) {
	m.out.WriteString(m.rest[:n])
	m.rest = m.rest[n:]
}

func (m *masker) replace(rest, by string) {
	m.out.WriteString(by)
	m.rest = rest
}

// quoted skips quoted text; a doubled quote gives two pieces, and nothing is lost.
func (m *masker) quoted(quote byte) {
	inside, after, closed := strings.Cut(m.rest[1:], string(quote))
	isText := strings.IndexByte(m.texts, quote) >= 0
	switch {
	case strings.HasSuffix(inside, `\`) && closed:
		m.replace("", "? …") // the end in some dialects, an escaped quote in others
	case !isText && closed:
		m.keep(len(inside) + 2)
	case isText && strings.HasSuffix(m.out.String(), "?"):
		m.replace(after, "")
	default:
		m.replace(after, "?")
	}
}

// comment leaves out a comment. The start of a comment in one dialect is an operator in another,
// and some comments nest: that matters when there are quotes in it.
func (m *masker) comment(end string) {
	inside, after, _ := strings.Cut(m.rest[1:], end)
	if strings.ContainsAny(inside, "'\"`$") || (end == "*/" && strings.Contains(inside[1:], "/*")) {
		m.replace("", " …")
		return
	}
	m.replace(after, " ")
}
