package engine

import (
	"fmt"
	"strings"

	"towpath"
	"towpath/internal/schema"
)

// Part is one property of an object in a catalog. Its value is "" where the subject is complete.
type Part struct{ Subject, Value string }

const (
	maxMissing   = 5   // differences that are named
	maxPartValue = 200 // bytes of a value that are shown
)

// Missing describes the wanted parts that an object does not have; "" for none. It may have more.
func Missing(wanted, have []Part) string {
	there, same := map[string]string{}, map[Part]bool{}
	for _, p := range have {
		there[p.Subject], same[p] = p.Value, true
	}
	var found []string
	for _, p := range wanted {
		value, known := there[p.Subject]
		switch {
		case same[p]:
		case known && p.Value != "":
			found = append(found, fmt.Sprintf("%s is %s, not %s", brief(p.Subject), brief(value),
				brief(p.Value)))
		default:
			found = append(found, "it lacks "+brief(p.Subject))
		}
	}
	if more := len(found) - maxMissing; more > 0 {
		found = append(found[:maxMissing], fmt.Sprintf("%d more parts differ", more))
	}
	return strings.Join(found, ", and ")
}

// brief is a text on one line, cut when it is long.
func brief(text string) string {
	return towpath.ClipMore(strings.Join(strings.Fields(text), " "), maxPartValue, 0)
}

// Differs is the error of a statement that has skipped another object of the same name.
func Differs(c schema.Conditional, why string) error {
	if c.Kind == "column" || c.Kind == "part" {
		return &Error{
			Kind: Unmet,
			Message: fmt.Sprintf("The statement skipped what %s has already, and %s. "+
				"Change it with ALTER TABLE, or give the new %s another name.", c.Name, why, c.Kind),
		}
	}
	way := "Drop it first, or give the new one another name."
	if c.Kind == "table" {
		way = "Change it with ALTER TABLE, or give the new one another name."
	}
	return &Error{
		Kind: Unmet,
		Message: fmt.Sprintf("The %s %s was not made: there is one of that name, and %s. %s", c.Kind, c.Name,
			why, way),
	}
}

// Uncompared is the notice of a statement that has skipped an object which could not be compared
// with it.
func Uncompared(c schema.Conditional, why string) string {
	what := "The " + c.Kind + " " + c.Name
	if c.Kind == "column" || c.Kind == "part" {
		what = "A " + c.Kind + " of " + c.Name
	}
	return fmt.Sprintf("%s was there already, and not all of it could be compared with this statement: %s. "+
		"Look at what is there.", what, strings.TrimSuffix(why, "."))
}

// Passed is the notice of a statement that nobody could read, and that has passed over something.
// said are the server's words.
func Passed(said []string) string {
	return "Something was there already, and could not be compared with this statement: " + some(said) +
		". Look at what is there."
}

// Skipped is the notice of a statement whose IF EXISTS has found nothing, or something else of the
// name. said are the words for it.
func Skipped(said []string) string {
	return "Nothing was done where IF EXISTS did not find what the statement names: " + some(said) + "."
}

// Otherwise is the notice of a statement that the server has warned of. said are its words.
func Otherwise(said []string) string {
	return "The server did not do all that the statement says: " + some(said) +
		". Look at what is there."
}

// some are the first texts of several.
func some(texts []string) string {
	text := brief(strings.Join(texts[:min(len(texts), maxMissing)], "; "))
	if more := len(texts) - maxMissing; more > 0 {
		text += fmt.Sprintf("; and %d more", more)
	}
	return strings.TrimSuffix(text, ".")
}
