package plan

import (
	"path"
	"strconv"
	"strings"

	"towpath"
)

// explain returns the most helpful reason why a path does not match.
func (t Template) explain(parts []string) towpath.Reason {
	if len(t.segments) == 0 {
		return towpath.Why(towpath.ReasonNoTemplate)
	}
	if name := parts[len(parts)-1]; t.repeatable == nil && strings.HasPrefix(name, "R__") {
		return towpath.Why(towpath.ReasonNoRepeatable, "want", "R__{{DESCRIPTION}}.sql")
	}
	last := t.segments[len(t.segments)-1]
	if reason := last.explainEnding(parts[len(parts)-1]); !reason.IsZero() {
		return reason
	}
	if reason := t.explainDepth(len(parts) - 1); !reason.IsZero() {
		return reason
	}
	// Segments before the first ** have a fixed place from the front, and those after the last from
	// the back.
	for i, s := range t.segments {
		if s.folders {
			break
		}
		if reason := s.explain(parts[i]); !reason.IsZero() {
			return reason
		}
	}
	for i := 1; i <= len(t.segments); i++ {
		s := t.segments[len(t.segments)-i]
		if s.folders {
			break
		}
		if reason := s.explain(parts[len(parts)-i]); !reason.IsZero() {
			return reason
		}
	}
	return towpath.Why(towpath.ReasonFolders)
}

// explainEnding compares the file's extension with the template's, if the template has one.
func (s segment) explainEnding(name string) towpath.Reason {
	want := path.Ext(s.pieces[len(s.pieces)-1].literal)
	cut := max(len(name)-len(want), 0)
	same := strings.EqualFold(name[cut:], want)
	if want == "" || strings.HasSuffix(name, want) || s.anyCase && same {
		return towpath.Reason{}
	}
	if same {
		return towpath.Why(towpath.ReasonEndingCase, "have", name[cut:], "want", want)
	}
	if strings.HasSuffix(strings.TrimSpace(name), want) {
		return towpath.Why(towpath.ReasonEndsWithBlank)
	}
	if have := path.Ext(name); have != "" {
		return towpath.Why(towpath.ReasonEnding, "have", have, "want", want)
	}
	return towpath.Why(towpath.ReasonNoEnding, "want", want)
}

func (t Template) explainDepth(depth int) towpath.Reason {
	want, open := -1, false
	for _, s := range t.segments {
		if s.folders {
			open = true
			continue
		}
		want++
	}
	if depth == want || (open && depth > want) {
		return towpath.Reason{}
	}
	have, folders := strconv.Itoa(depth), strconv.Itoa(want)
	switch {
	case depth == 0 && open:
		return towpath.Why(towpath.ReasonInBaseOpen, "want", folders)
	case depth == 0:
		return towpath.Why(towpath.ReasonInBase, "want", folders)
	case open:
		return towpath.Why(towpath.ReasonDepthOpen, "have", have, "want", folders)
	}
	return towpath.Why(towpath.ReasonDepth, "have", have, "want", folders)
}

// explain returns where a name stops matching the segment; the zero reason when it matches.
func (s segment) explain(name string) towpath.Reason {
	if s.whole.MatchString(name) {
		return towpath.Reason{}
	}
	matched, rest := 0, name
	for i := len(s.upTo); i > 0; i-- {
		if found := s.upTo[i-1].FindString(name); s.upTo[i-1].MatchString(name) {
			matched, rest = i, name[len(found):]
			break
		}
	}
	if matched == len(s.pieces) {
		return towpath.Why(towpath.ReasonGoesOn, "name", name, "rest", rest)
	}
	word := s.word(rest, matched)
	if other := s.otherEngine(name, matched); other != "" {
		return towpath.Why(towpath.ReasonEngineUnknown, "engine", other)
	}
	switch p := s.pieces[matched]; {
	case p.place == version && word != "":
		return towpath.Why(towpath.ReasonVersionExpected, "word", word)
	case p.place == changeType && word != "":
		return towpath.Why(towpath.ReasonTypeUnknown, "word", word)
	case p.place != "":
		return towpath.Why(towpath.ReasonPartMissing, "part", string(p.place), "name", name)
	case matched == 0:
		return towpath.Why(towpath.ReasonStart, "name", name, "want", p.literal)
	case strings.HasSuffix(rest, p.literal), strings.HasSuffix(name, p.literal):
		// the placeholder before has matched the literal too, so its own text is missing
		return towpath.Why(towpath.ReasonPartMissing, "part", string(s.pieces[matched-1].place), "name", name)
	default:
		return towpath.Why(towpath.ReasonExpectedAfter, "want", p.literal, "part",
			string(s.pieces[matched-1].place), "name", name)
	}
}

// word returns the part of rest at piece i, without the text of the pieces after it.
func (s segment) word(rest string, i int) string {
	if i+1 < len(s.pieces) && s.pieces[i+1].literal != "" {
		if before, _, found := strings.Cut(rest, s.pieces[i+1].literal); found {
			return before
		}
	}
	return strings.TrimSuffix(rest, s.pieces[len(s.pieces)-1].literal)
}

// otherEngine returns what a name has in the place of the engine, which is piece i-1; "" when that is
// not where it stops matching.
func (s segment) otherEngine(name string, i int) string {
	if i == 0 || s.pieces[i-1].place != engineName || s.pieces[i].literal == "" {
		return ""
	}
	before := ""
	if i > 1 {
		before = s.upTo[i-2].FindString(name)
	}
	word, _, found := strings.Cut(name[len(before):], s.pieces[i].literal)
	if !found {
		return ""
	}
	return strings.TrimLeft(word, "._-")
}
