package contract

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// knownError is a place where the description is wrong about the real service, with the reason why
// we believe so.
type knownError struct {
	field  string // last segments of the path to the value
	reason string
}

// knownErrors are not checked.
var knownErrors = []knownError{
	{"attributes", "told as a string, is an array of strings"},
	{"error.detail", "told as a string, is an object for missing scopes"},
	{"participants.state", "null is among the allowed words of a string"},
}

// closedByMistake are objects that the description closes though recorded answers hold more.
var closedByMistake = []knownError{
	{"links", "new links appear before they are described"},
	{"summary", "rendered texts carry a type"},
	{"content", "rendered texts carry a type"},
	{"commit", "commits of pull requests carry type and links"},
	{"merge_commit", "commits of pull requests carry type and links"},
	{"error", "`fields` and `id` are told in the prose only"},
}

// nullable are fields that recorded answers hold as null though the description does not say so.
var nullable = []string{
	"old", "new", "mainbranch", "parent", "website", "refname", "merge_commit", "closed_by", "location",
	"source", "has_2fa_enabled", "mimetype", "user", "inline", "size", "participated_on", "repository",
}

// unlistedQuery are query parameters that the service takes though some operations do not list
// them.
var unlistedQuery = []string{
	"renames", "topic", "path", "ignore_whitespace", "max_depth", "include",
	"exclude", "role", "format", "from_pullrequest_id", "async",
}

func isKnown(errors []knownError, at string) bool {
	return slices.ContainsFunc(errors, func(k knownError) bool {
		return at == k.field ||
			strings.HasSuffix(at, "."+k.field)
	})
}

func (s *Spec) deref(v any) map[string]any {
	o := object(v)
	for range 20 {
		name, ok := o["$ref"].(string)
		if !ok {
			return o
		}
		var at any = s.root
		for step := range strings.SplitSeq(strings.TrimPrefix(name, "#/"), "/") {
			at = object(at)[strings.NewReplacer("~1", "/", "~0", "~").Replace(step)]
		}
		o = object(at)
	}
	return o
}

// check adds to problems what does not fit. Schemas that are combined by allOf see each other's
// properties.
func (s *Spec) check(schema, value any, at string, problems *[]error) {
	if isKnown(knownErrors, at) {
		return
	}
	sc := s.flatten(schema)
	if value == nil {
		last := at[strings.LastIndex(at, ".")+1:]
		if sc["nullable"] != true && sc["type"] != nil && !slices.Contains(nullable, last) {
			*problems = append(*problems, fmt.Errorf("%s: null, want %v", at, sc["type"]))
		}
		return
	}
	if options := list(sc["enum"]); len(options) > 0 && !slices.Contains(options, value) {
		*problems = append(*problems, fmt.Errorf("%s: %v is not one of %v", at, value, options))
	}
	if want := text(sc["type"]); want != "" && !fits(want, value) {
		*problems = append(*problems, fmt.Errorf("%s: %T, want %s", at, value, want))
		return
	}
	switch v := value.(type) {
	case map[string]any:
		s.checkObject(sc, v, at, problems)
	case []any:
		if least, ok := sc["minItems"].(float64); ok && len(v) < int(least) {
			*problems = append(*problems, fmt.Errorf("%s: %d items, want at least %v", at, len(v), least))
		}
		if most, ok := sc["maxItems"].(float64); ok && len(v) > int(most) {
			*problems = append(*problems, fmt.Errorf("%s: %d items, want at most %v", at, len(v), most))
		}
		for _, item := range v {
			s.check(sc["items"], item, at, problems)
		}
	case string:
		checkString(sc, v, at, problems)
	}
}

func (s *Spec) checkObject(sc, v map[string]any, at string, problems *[]error) {
	properties := object(sc["properties"])
	for _, name := range list(sc["required"]) {
		if _, ok := v[text(name)]; !ok {
			*problems = append(*problems, fmt.Errorf("%s: %v is missing", at, name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(v)) {
		property, described := properties[name]
		if described {
			s.check(property, v[name], strings.TrimPrefix(at+"."+name, "."), problems)
		} else if sc["additionalProperties"] == false && !isKnown(closedByMistake, at) {
			*problems = append(*problems, fmt.Errorf("%s: %q is not described", at, name))
		}
	}
}

func checkString(sc map[string]any, v, at string, problems *[]error) {
	bad := func(what string) { *problems = append(*problems, fmt.Errorf("%s: %q is not %s", at, v, what)) }
	switch sc["format"] {
	case "date-time":
		if _, err := time.Parse(time.RFC3339, v); err != nil {
			bad("a date-time")
		}
	case "uri":
		if u, err := url.Parse(v); err != nil || !u.IsAbs() {
			bad("an absolute address")
		}
	}
	if pattern := text(sc["pattern"]); pattern != "" {
		// The description writes "{7,}?" for "at least seven".
		if re, err := regexp.Compile(pattern); err == nil && !re.MatchString(v) {
			bad("of the form " + pattern)
		}
	}
	if most, ok := sc["maxLength"].(float64); ok && len([]rune(v)) > int(most) {
		bad("short enough")
	}
}

func fits(want string, value any) bool {
	switch want {
	case "object":
		_, ok := value.(map[string]any)
		return ok
	case "array":
		_, ok := value.([]any)
		return ok
	case "string":
		_, ok := value.(string)
		return ok
	case "boolean":
		_, ok := value.(bool)
		return ok
	case "integer":
		n, ok := value.(float64)
		return ok && n == float64(int64(n))
	case "number":
		_, ok := value.(float64)
		return ok
	}
	return true
}

// flatten resolves references and merges what allOf combines.
func (s *Spec) flatten(schema any) map[string]any {
	sc := s.deref(schema)
	parts := list(sc["allOf"])
	if len(parts) == 0 {
		return sc
	}
	merged := map[string]any{"properties": map[string]any{}}
	for _, part := range append(slices.Clone(parts), withoutAllOf(sc)) {
		flat := s.flatten(part)
		for key, v := range flat {
			switch key {
			case "properties":
				maps.Copy(object(merged["properties"]), object(v))
			case "required":
				merged["required"] = append(list(merged["required"]), list(v)...)
			case "additionalProperties":
				// One part that forbids others would forbid the properties of its siblings.
			default:
				merged[key] = v
			}
		}
	}
	return merged
}

func withoutAllOf(sc map[string]any) map[string]any {
	rest := maps.Clone(sc)
	delete(rest, "allOf")
	return rest
}
