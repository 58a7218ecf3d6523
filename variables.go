package towpath

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Placeholders says which marks in the files of a link stand for variables.
type Placeholders string

const (
	PlaceholdersNone   Placeholders = "none"   // none: files run as they are
	PlaceholdersFlyway Placeholders = "flyway" // ${name}
	PlaceholdersGoose  Placeholders = "goose"  // ${name} between -- +goose ENVSUB ON and OFF
)

// CheckPlaceholders returns an error for a value that does not exist.
func CheckPlaceholders(p Placeholders) error {
	switch p {
	case PlaceholdersNone, PlaceholdersFlyway, PlaceholdersGoose:
		return nil
	}
	return Invalid("placeholders", "Use %s, %s or %s.", PlaceholdersNone, PlaceholdersFlyway, PlaceholdersGoose)
}

// Variables are the values that an environment has for the placeholders of files, by name.
type Variables map[string]string

const (
	maxVariables    = 50
	maxVariableSize = 500 // characters of a value
)

// variableName are names that Flyway's placeholders can have, without a colon: those with one are
// Flyway's own.
var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]{0,63}$`)

// secretName matches names of what must not be in files: files and their values are shown to all
// members of a project.
var secretName = regexp.MustCompile(
	`(?i)passw|pwd|passphrase|secret|token|credential|api[_.-]?key|private[_.-]?key|access[_.-]?key`)

// secretValue matches what is a secret by its form: a key, an address with a password, and tokens that
// services mark as such.
var secretValue = regexp.MustCompile(
	`-----BEGIN |^[a-z][a-z0-9+.-]*://[^/@\s]*:[^/@\s]+@|(?i:password)\s*=|` +
		`^(gh[pousr]_|github_pat_|glpat-|xox[abprs]-|sk-|sk_live_|rk_live_|AKIA|ASIA|eyJ[\w-]+\.eyJ)`)

// Validate names the first variable that an environment must not have.
func (v Variables) Validate() error {
	if len(v) > maxVariables {
		return Invalid("variables", "%d variables are too many. Keep at most %d.", len(v), maxVariables)
	}
	names := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(v)) {
		value := v[name]
		field := "variables." + ClipRunes(name, 70)
		lower := strings.ToLower(name)
		switch {
		case !variableName.MatchString(name):
			return Invalid(field, "%q is no name of a variable. Use 1 to 64 letters, digits, dots, dashes and "+
				"underscores, beginning with a letter.", ClipRunes(name, 70))
		case names[lower] != "":
			return Invalid(field, "%s and %s are the same variable: upper and lower case do not matter. "+
				"Remove one of them.", names[lower], name)
		case secretName.MatchString(name) || secretValue.MatchString(value):
			return Invalid(field, "%s looks like a secret. Everybody in a project can read what its files "+
				"become. Set the secret on the database server, and not in a migration.", name)
		case utf8.RuneCountInString(value) > maxVariableSize:
			return Invalid(field, "The value of %s is too long. Use at most %d characters.", name,
				maxVariableSize)
		case !utf8.ValidString(value) || strings.ContainsFunc(value, unicode.IsControl):
			return Invalid(field, "The value of %s has a line break or another control character. "+
				"Write it on one line.", name)
		}
		names[lower] = name
	}
	return nil
}

// String lists the variables in one line, for the audit log.
func (v Variables) String() string {
	words := make([]string, 0, len(v))
	for _, name := range slices.Sorted(maps.Keys(v)) {
		words = append(words, name+"="+v[name])
	}
	return strings.Join(words, ", ")
}

// Filling is what is put into a file before it runs. The zero Filling changes nothing.
type Filling struct {
	Placeholders Placeholders `json:"placeholders,omitempty"`
	Variables    Variables    `json:"variables,omitempty"`
}

// FillingOf returns what an environment puts into the files of a link.
func FillingOf(p Placeholders, e Environment) Filling {
	if p == PlaceholdersNone || p == "" {
		return Filling{}
	}
	return Filling{Placeholders: p, Variables: e.Variables}
}

// IsZero reports whether files run as they are.
func (f Filling) IsZero() bool { return f.Placeholders == "" }

// Digest identifies what is put into files; "" for nothing.
func (f Filling) Digest() string {
	if f.IsZero() {
		return ""
	}
	text, _ := json.Marshal(f) // strings always have a JSON form, and names are in order
	return digest(text)
}
