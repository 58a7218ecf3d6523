package statement

import (
	"slices"
	"strings"
)

// Layout writes what a CREATE TABLE or the CREATE TYPE of a row lists with one column or constraint
// a line. Commas lead, so that one more at the end adds a line and changes none. A comment stays with
// what it describes. Any other statement, and one that cannot be read, is returned as it is.
func Layout(text string, lexer Lexer) string {
	l := layout{text: text}
	for t, err := range Tokens(text, lexer) {
		if err != nil {
			return text
		}
		l.add(t)
	}
	cuts := l.cuts()
	if len(cuts) == 0 {
		return text
	}
	l.out.WriteString(l.joined(0, cuts[0]) + " (")
	for i, cut := range cuts {
		own, above := l.comments(cut)
		if own != "" {
			own = " " + own
		}
		l.out.WriteString(own + "\n")
		for _, comment := range above {
			l.out.WriteString("    " + comment + "\n")
		}
		if i == len(cuts)-1 {
			break
		}
		lead := "  , "
		if i == 0 {
			lead = "    "
		}
		l.out.WriteString(lead + l.joined(cut+1, cuts[i+1]))
	}
	return l.out.String() + text[l.tokens[cuts[len(cuts)-1]].from:]
}

// layout is a statement by its tokens.
type layout struct {
	text   string
	tokens []placed
	out    strings.Builder
}

// placed is a token by its offsets in the text.
type placed struct {
	from, to int
	symbol   byte   // 0 for anything else
	word     string // in upper case; "" for anything else
}

func (l *layout) add(t Token) {
	from := int(t.Pos.Offset)
	p := placed{from: from, to: from + len(t.Raw), word: t.Upper()}
	if t.Kind == Symbol {
		p.symbol = t.Raw[0]
	}
	l.tokens = append(l.tokens, p)
}

// cuts are the indexes of the tokens around which the text is cut: the list's parentheses and the
// commas between them. There are none where the statement lists nothing, or where a comment that a
// server runs is around a cut.
func (l *layout) cuts() (cuts []int) {
	if !l.lists() {
		return nil
	}
	depth := 0
	for i, t := range l.tokens {
		switch t.symbol {
		case '(':
			depth++
		case ')':
			depth--
		}
		opens := depth == 1 && t.symbol == '(' && len(cuts) == 0
		closes := depth == 0 && t.symbol == ')'
		if !opens && !closes && (depth != 1 || t.symbol != ',') {
			continue
		}
		if before, after := l.gaps(i); runs(before) || runs(after) {
			return nil
		}
		cuts = append(cuts, i)
		if !closes {
			continue
		}
		if len(cuts) == 2 && cuts[1] == cuts[0]+1 {
			return nil
		}
		return cuts
	}
	return nil
}

// lists reports whether the statement lists columns. What a virtual table lists is text of its
// module's own.
func (l *layout) lists() bool {
	before := []string{"CREATE", "OR", "REPLACE", "TEMP", "TEMPORARY", "UNLOGGED"}
	i := slices.IndexFunc(l.tokens, func(t placed) bool { return !slices.Contains(before, t.word) })
	if i < 0 || l.tokens[i].word != "TYPE" {
		return i >= 0 && l.tokens[i].word == "TABLE"
	}
	open := slices.IndexFunc(l.tokens, func(t placed) bool { return t.symbol == '(' })
	return open > 0 && l.tokens[open-1].word == "AS"
}

// gaps are the blanks and comments before and behind a token.
func (l *layout) gaps(i int) (before, after string) {
	if i > 0 {
		before = l.text[l.tokens[i-1].to:l.tokens[i].from]
	}
	if i < len(l.tokens)-1 {
		after = l.text[l.tokens[i].to:l.tokens[i+1].from]
	}
	return before, after
}

// runs reports whether a gap holds a comment that MySQL or MariaDB runs.
func runs(gap string) bool { return strings.Contains(gap, "/*!") || strings.Contains(gap, "/*M!") }

// comments are those around a cut: the rest of the line before it, and the lines above what comes
// next. Their order stays, since a comment may have many lines.
func (l *layout) comments(cut int) (own string, above []string) {
	before, after := l.gaps(cut)
	symbol := l.tokens[cut].symbol
	first, rest, _ := strings.Cut(before, "\n")
	switch {
	case symbol == '(':
		return "", lines(after)
	case symbol == ')':
		return strings.TrimSpace(first), lines(rest)
	case len(lines(before)) > 0:
		return strings.TrimSpace(first), append(lines(rest), lines(after)...)
	}
	first, rest, broken := strings.Cut(after, "\n")
	if !broken {
		return "", lines(after)
	}
	return strings.TrimSpace(first), lines(rest)
}

// joined is the text of some tokens, with one blank where there are some.
func (l *layout) joined(from, to int) string {
	var out strings.Builder
	for i := from; i < to; i++ {
		if i > from {
			out.WriteString(between(l.text[l.tokens[i-1].to:l.tokens[i].from]))
		}
		out.WriteString(l.text[l.tokens[i].from:l.tokens[i].to])
	}
	return out.String()
}

func between(gap string) string {
	const next = "\n      "
	kept := lines(gap)
	switch {
	case gap == "":
		return ""
	case len(kept) == 0:
		return " "
	case strings.Contains(gap, "\n"):
		return " " + strings.Join(kept, next) + next
	}
	return " " + kept[0] + " "
}

// lines are those of a gap that hold a comment, or a part of one.
func lines(gap string) (kept []string) {
	for line := range strings.Lines(gap) {
		if line = strings.TrimSpace(line); line != "" {
			kept = append(kept, line)
		}
	}
	return kept
}
