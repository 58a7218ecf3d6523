package mysql

import "strings"

// Mentions reports whether a text has a name in it, as a whole word. Comments and strings count: to
// find too much asks a person once too often, to find too little doubles rows.
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
