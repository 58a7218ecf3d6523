package statement

import "strings"

// Canonical is the text of one statement with single blanks between its tokens and without comments.
// Equal ones do the same. A text that cannot be read is returned as it is.
func Canonical(text string, lexer Lexer) string {
	r := NewReader(strings.NewReader(text))
	r.mark()
	var out strings.Builder
	for {
		if err := lexer.Skip(r); err != nil || r.Err() != nil {
			return text
		}
		if r.End() {
			return out.String()
		}
		from := r.length()
		if _, err := lexer.Next(r); err != nil || r.Err() != nil {
			return text
		}
		if out.Len() > 0 {
			out.WriteByte(' ')
		}
		out.Write(r.kept(from, r.length()))
	}
}
