package plan

import (
	"regexp"
	"strings"

	"towpath"
)

// maxLabel bounds a version as written in a file's name, in bytes. The canonical form is at most
// twice as long, which every engine can index in its ledger.
const maxLabel = 100

// versionPattern matches a version in a file's name. A version starts with a digit, after an
// optional v, and ends with a letter or digit, so that separators after it belong to the template.
const versionPattern = `[vV]?[0-9](?:[0-9A-Za-z.+_-]*?[0-9A-Za-z])??`

var wholeVersion = regexp.MustCompile(`^` + versionPattern + `$`)

// ParseVersion converts a version from a file's name into its canonical form: lower case, no
// leading v, parts joined by dots, numbers without leading zeros. A part ends at . - _ + and
// between digits and letters: "v1.02-RC3" is "1.2.rc.3". The error is a *towpath.Error with
// CodeInvalid.
func ParseVersion(label string) (canonical string, err error) {
	if len(label) > maxLabel {
		return "", towpath.Invalid("version", "The version is longer than %d characters. Shorten it.",
			maxLabel)
	}
	if !wholeVersion.MatchString(label) {
		return "", towpath.Invalid("version",
			"%q is not a version. Start with a digit, such as 1.2 or v20260131, and use letters, "+
				"digits and . - _ + only.", label)
	}
	label = strings.TrimPrefix(strings.ToLower(label), "v")
	var parts []string
	for len(label) > 0 {
		n := partLength(label)
		if n == 0 {
			label = label[1:]
			continue
		}
		parts = append(parts, trimZeros(label[:n]))
		label = label[n:]
	}
	return strings.Join(parts, "."), nil
}

// partLength returns the length of the run of digits, or of letters, at the start of s; 0 at a
// separator.
func partLength(s string) int {
	kind, n := kindOf(s[0]), 0
	if kind == separator {
		return 0
	}
	for n < len(s) && kindOf(s[n]) == kind {
		n++
	}
	return n
}

type charKind int

const (
	separator charKind = iota
	digit
	letter
)

func kindOf(c byte) charKind {
	switch {
	case '0' <= c && c <= '9':
		return digit
	case 'a' <= c && c <= 'z':
		return letter
	}
	return separator
}

// trimZeros drops the leading zeros of a number and leaves letters as they are.
func trimZeros(part string) string {
	trimmed := strings.TrimLeft(part, "0")
	if trimmed == "" {
		return "0"
	}
	return trimmed
}

// Compare orders canonical versions part by part: numbers by value, letters by alphabet, numbers
// before letters, and a prefix before longer versions. It is 0 if and only if a == b.
func Compare(a, b string) int {
	for a != "" && b != "" {
		var x, y string
		x, a, _ = strings.Cut(a, ".")
		y, b, _ = strings.Cut(b, ".")
		if c := comparePart(x, y); c != 0 {
			return c
		}
	}
	return strings.Compare(a, b) // one of them is empty: a missing part sorts first
}

func comparePart(x, y string) int {
	xn, yn := isNumber(x), isNumber(y)
	switch {
	case xn && !yn:
		return -1
	case !xn && yn:
		return 1
	case xn && len(x) != len(y): // without leading zeros, the longer number is larger
		if len(x) < len(y) {
			return -1
		}
		return 1
	}
	return strings.Compare(x, y)
}

func isNumber(part string) bool { return part != "" && kindOf(part[0]) == digit }
