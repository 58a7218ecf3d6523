// Package wording makes sentences of reasons and acts. Each has one template, and what a template
// leaves open comes from the params and causes. It is pure.
package wording

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"towpath"
)

// Codes are those that have a sentence, which is all of them, in order.
func Codes() []towpath.ReasonCode { return slices.Sorted(maps.Keys(templates)) }

// subject begins the templates that speak of a file. Behind a path or a colon it is left out.
const subject = "The file "

// Text is a reason as sentences of their own; "" for none.
func Text(r towpath.Reason) string {
	return render(r, templates[r.Code])
}

// Fragment is a reason as it follows a colon, a path or "which": without its subject, a capital and
// the last period.
func Fragment(r towpath.Reason) string {
	template := templates[r.Code]
	if rest, ok := strings.CutPrefix(template, subject); ok {
		template = rest
	} else if first, size := utf8.DecodeRuneInString(template); unicode.IsUpper(first) {
		template = string(unicode.ToLower(first)) + template[size:]
	}
	return strings.TrimSuffix(render(r, template), ".")
}

// Fragments joins reasons as fragments, with semicolons.
func Fragments(list []towpath.Reason) string { return join(list, Fragment, "; ") }

// render fills in a template: {name} is a param, {name:clock} a time, {name:span} a duration,
// {name:day} a date, {name:minute} a date with the time, {name:pace} one after "every", {name:limit}
// one that may be none, {name:about} an estimate, {name:size} a number of bytes in parentheses,
// {name:words} an enum without its hyphens, and {name:noun} a number with its noun. {cause} is the
// causes as fragments, {Cause} as texts.
func render(r towpath.Reason, template string) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(template, "{")
		out.WriteString(before)
		if !found {
			return strings.TrimSpace(out.String())
		}
		name, behind, _ := strings.Cut(rest, "}")
		out.WriteString(value(r, name))
		template = behind
	}
}

func value(r towpath.Reason, name string) string {
	switch name {
	case "cause":
		return Fragments(r.Causes)
	case "Cause":
		return join(r.Causes, Text, " ")
	}
	name, form, _ := strings.Cut(name, ":")
	param := r.Params[name]
	switch form {
	case "":
		return param
	case "clock":
		return clock(param)
	case "day":
		return day(param)
	case "minute":
		return minute(param)
	case "span":
		return span(param)
	case "extent":
		return extent(r, param)
	case "doubt":
		return doubt(towpath.Doubt(param))
	case "place":
		return place(param)
	case "pace":
		return pace(param)
	case "limit":
		return limit(param)
	case "instance":
		return cmp.Or(param, "the first database's instance")
	case "level":
		return cmp.Or(param, "the preset's")
	case "setting":
		return setting(param)
	case "rule":
		return rule(param)
	case "list":
		return names(param, r.Params["more"])
	case "about":
		return about(param)
	case "size":
		return size(param)
	case "words":
		return strings.ReplaceAll(param, "-", " ")
	}
	return counted(param, form)
}

// names is a param that is a list, a name a line, with the number of those that it leaves out.
func names(lines, more string) string {
	text := strings.ReplaceAll(lines, "\n", ", ")
	if more == "0" || more == "" {
		return text
	}
	return text + " and " + more + " more"
}

// place is a placeholder of the file path template, in words.
func place(param string) string {
	switch param {
	case "ENV_ID":
		return "environment"
	case "DB_NAME":
		return "database name"
	case "TYPE":
		return "type"
	case "*":
		return "text of *"
	}
	return strings.ToLower(param)
}

// counted is a number with its noun.
func counted(number, noun string) string {
	if number == "1" {
		return number + " " + noun
	}
	return number + " " + noun + "s"
}

// clock is the time of day, in UTC, of a param that is a time (RFC 3339).
func clock(param string) string {
	at, err := time.Parse(time.RFC3339, param)
	if err != nil {
		return param
	}
	return at.UTC().Format("15:04:05 MST")
}

// day is the date, in UTC, of a param that is a time (RFC 3339).
func day(param string) string {
	at, err := time.Parse(time.RFC3339, param)
	if err != nil {
		return param
	}
	return at.UTC().Format("2 January 2006")
}

// minute is the date and the time of day, in UTC, of a param that is a time (RFC 3339).
func minute(param string) string {
	at, err := time.Parse(time.RFC3339, param)
	if err != nil {
		return param
	}
	return at.UTC().Format("2 January 2006, 15:04 MST")
}

// pace is a duration as it follows "every": "minute", "30 seconds".
func pace(param string) string {
	text := span(param)
	if noun, one := strings.CutPrefix(text, "1 "); one && !strings.Contains(noun, " ") {
		return noun
	}
	return text
}

// setting is a param that is a value of a rule of the SQL review; "" is the default.
func setting(param string) string {
	if param == "" {
		return "the default"
	}
	return "“" + param + "”"
}

// rule is a param that is the id of a rule of the SQL review, or "*".
func rule(param string) string {
	if param == "*" {
		return "every rule"
	}
	return param
}

// limit is a param that is a limit, a duration of Go; 0 is none.
func limit(param string) string {
	if param == "0s" {
		return "none"
	}
	return span(param)
}

// about is a param that is an estimate, with two digits that count: "about 12 million".
func about(param string) string {
	n, err := strconv.ParseInt(param, 10, 64)
	if err != nil || n < 1000 {
		return param
	}
	names := []string{"thousand", "million", "billion", "trillion"}
	value, at := float64(n)/1000, 0
	for value >= 999.5 && at < len(names)-1 {
		value, at = value/1000, at+1
	}
	return "about " + twoDigits(value) + " " + names[at]
}

// size is a param that is a number of bytes, in parentheses behind a space; "" for none.
func size(param string) string {
	n, err := strconv.ParseInt(param, 10, 64)
	switch {
	case err != nil:
		return " (" + param + ")"
	case n <= 0:
		return ""
	}
	names := []string{"KiB", "MiB", "GiB", "TiB"}
	value, at := float64(n)/1024, 0
	for value >= 1023.5 && at < len(names)-1 {
		value, at = value/1024, at+1
	}
	return " (" + twoDigits(value) + " " + names[at] + ")"
}

// twoDigits is a number of at least 1 without digits that an estimate does not have.
func twoDigits(value float64) string {
	if value < 9.95 {
		return strings.TrimSuffix(strconv.FormatFloat(value, 'f', 1, 64), ".0")
	}
	return strconv.FormatFloat(value, 'f', 0, 64)
}

// span is a param that is a duration of Go, in words: "1 minute 30 seconds".
func span(param string) string {
	left, err := time.ParseDuration(param)
	if err != nil || left < time.Second || left%time.Second != 0 {
		return param
	}
	var words []string
	for _, unit := range []struct {
		length time.Duration
		noun   string
	}{{time.Hour, "hour"}, {time.Minute, "minute"}, {time.Second, "second"}} {
		if n := left / unit.length; n > 0 {
			words = append(words, counted(strconv.Itoa(int(n)), unit.noun))
			left -= n * unit.length
		}
	}
	return strings.Join(words, " ")
}

func join(causes []towpath.Reason, word func(towpath.Reason) string, between string) string {
	words := make([]string, 0, len(causes))
	for _, c := range causes {
		words = append(words, word(c))
	}
	return strings.Join(words, between)
}
