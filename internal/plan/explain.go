package plan

import (
	"fmt"
	"path"
	"strings"
)

// explain says why a path that does not match does not: the most telling thing first.
func (t Template) explain(parts []string) string {
	if len(t.segments) == 0 {
		return "there is no template"
	}
	last := t.segments[len(t.segments)-1]
	if reason := last.explainEnding(parts[len(parts)-1]); reason != "" {
		return reason
	}
	if reason := t.explainDepth(len(parts) - 1); reason != "" {
		return reason
	}
	// Up to the first ** segments stand at a known place from the front, and after it from the back.
	for i, s := range t.segments {
		if s.folders {
			break
		}
		if reason := s.explain(parts[i]); reason != "" {
			return reason
		}
	}
	for i := 1; i <= len(t.segments); i++ {
		s := t.segments[len(t.segments)-i]
		if s.folders {
			break
		}
		if reason := s.explain(parts[len(parts)-i]); reason != "" {
			return reason
		}
	}
	return "its folders do not fit those of the template"
}

// explainEnding compares the file's ending with the template's, where that has one.
func (s segment) explainEnding(name string) string {
	want := path.Ext(s.pieces[len(s.pieces)-1].literal)
	if want == "" || strings.HasSuffix(name, want) {
		return ""
	}
	if strings.HasSuffix(strings.TrimSpace(name), want) {
		return "its name ends with a blank"
	}
	if have := path.Ext(name); have != "" {
		return fmt.Sprintf("ends with %s, the template ends with %s", have, want)
	}
	return fmt.Sprintf("has no ending, the template ends with %s", want)
}

func (t Template) explainDepth(depth int) string {
	want, more := -1, ""
	for _, s := range t.segments {
		if s.folders {
			more = "at least "
			continue
		}
		want++
	}
	if depth == want || more != "" && depth > want {
		return ""
	}
	if depth == 0 {
		return fmt.Sprintf("is in the base directory itself, the template has %s%s", more, folders(want))
	}
	return fmt.Sprintf("is %s deep, the template has %s%d", folders(depth), more, want)
}

func folders(n int) string {
	if n == 1 {
		return "1 folder"
	}
	return fmt.Sprintf("%d folders", n)
}

// explain says where a name stops fitting the segment; "" when it fits.
func (s segment) explain(name string) string {
	if s.whole.MatchString(name) {
		return ""
	}
	fit, rest := 0, name
	for i := len(s.upTo); i > 0; i-- {
		if found := s.upTo[i-1].FindString(name); s.upTo[i-1].MatchString(name) {
			fit, rest = i, name[len(found):]
			break
		}
	}
	if fit == len(s.pieces) {
		return fmt.Sprintf("`%s` goes on with `%s` where the template ends", name, rest)
	}
	word := s.word(rest, fit)
	switch p := s.pieces[fit]; {
	case p.place == version && word != "":
		return fmt.Sprintf("expected a version where `%s` stands", word)
	case p.place == changeType && word != "":
		return fmt.Sprintf("type `%s` is none of ddl, dml, migrate, data, baseline", word)
	case p.place != "":
		return fmt.Sprintf("the %s is missing in `%s`", title(p.place), name)
	case fit == 0:
		return fmt.Sprintf("`%s` does not start with `%s`", name, p.literal)
	case strings.HasSuffix(rest, p.literal) || strings.HasSuffix(name, p.literal): // it was taken for what stands before it
		return fmt.Sprintf("the %s is missing in `%s`", title(s.pieces[fit-1].place), name)
	default:
		return fmt.Sprintf("expected `%s` after the %s in `%s`", p.literal, title(s.pieces[fit-1].place), name)
	}
}

// word cuts off rest what the pieces after i would be, to name the culprit alone.
func (s segment) word(rest string, i int) string {
	if i+1 < len(s.pieces) && s.pieces[i+1].literal != "" {
		if before, _, found := strings.Cut(rest, s.pieces[i+1].literal); found {
			return before
		}
	}
	return strings.TrimSuffix(rest, s.pieces[len(s.pieces)-1].literal)
}

func title(p placeholder) string {
	switch p {
	case envID:
		return "environment"
	case dbName:
		return "database name"
	case changeType:
		return "type"
	case wildcard:
		return "text of *"
	}
	return strings.ToLower(string(p))
}
