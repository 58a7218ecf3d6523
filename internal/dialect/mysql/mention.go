package mysql

import "strings"

// Mentions reports whether a text contains a name as a whole word. Comments and strings count: a
// false match asks a person once too often, a missed one doubles rows.
func Mentions(text, name string) bool {
	text, name = strings.ToLower(text), strings.ToLower(name)
	for _, spelled := range []string{
		name, strings.ReplaceAll(name, "`", "``"),
		strings.ReplaceAll(name, `"`, `""`),
	} {
		for from := 0; ; {
			i := strings.Index(text[from:], spelled)
			if i < 0 {
				break
			}
			start, end := from+i, from+i+len(spelled)
			if !(start > 0 && wordByte(text[start-1])) && !(end < len(text) && wordByte(text[end])) {
				return true
			}
			from = start + 1
		}
	}
	return false
}
