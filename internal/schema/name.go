package schema

import "strings"

// Join writes a name of parts. A part that contains a dot or a quote is quoted.
func Join(parts []string) string {
	quoted := make([]string, len(parts))
	for i, part := range parts {
		if quoted[i] = part; strings.ContainsAny(part, `."`) {
			quoted[i] = `"` + strings.ReplaceAll(part, `"`, `""`) + `"`
		}
	}
	return strings.Join(quoted, ".")
}

// Qualify returns the name of something in a schema, as in Object.
func Qualify(schema, name string) string { return Join([]string{schema, name}) }

// Parts cuts the name of an Object into its qualifiers and its own name.
func Parts(name string) (parts []string) {
	for part, quoted := "", false; ; name = name[1:] {
		switch {
		case name == "":
			return append(parts, part)
		case quoted && strings.HasPrefix(name, `""`):
			part += `"`
			name = name[1:]
		case name[0] == '"':
			quoted = !quoted
		case name[0] == '.' && !quoted:
			parts = append(parts, part)
			part = ""
		default:
			part += name[:1]
		}
	}
}
