package sqlreview

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"towpath"
)

// policyError is an error of a file towpath.yaml that is about its YAML.
type policyError struct {
	line int
	text string
}

// Error implements error.
func (e *policyError) Error() string { return fmt.Sprintf("line %d: %s", e.line, e.text) }

// decodePolicy reads the one document of a file. Its error is a policyError.
func decodePolicy(content []byte) (text policyText, err error) {
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	decoder.KnownFields(true)
	err = decoder.Decode(&text)
	if errors.Is(err, io.EOF) { // nothing, or comments alone
		return text, nil
	}
	if err != nil {
		return text, inYAML(err)
	}
	var second yaml.Node
	switch err := decoder.Decode(&second); {
	case errors.Is(err, io.EOF):
		return text, nil
	case err != nil:
		return text, inYAML(err)
	}
	return text, &policyError{
		line: second.Line, text: "A second document begins here. Write all into one.",
	}
}

// What the YAML parser says of the place, of a field that is not known, and of a value of the wrong
// kind.
var (
	yamlLine  = regexp.MustCompile(`line (\d+): `)
	yamlField = regexp.MustCompile(`field (.*) not found in type sqlreview\.(\w+)`)
	yamlKind  = regexp.MustCompile("cannot unmarshal !!\\w+ ?(`.*`)? ?into (\\S+)")
)

// inYAML puts the first of the YAML parser's errors into words for people.
func inYAML(err error) *policyError {
	words := strings.TrimPrefix(err.Error(), "yaml: ")
	var wrong *yaml.TypeError
	if errors.As(err, &wrong) && len(wrong.Errors) > 0 {
		words = wrong.Errors[0]
	}
	made := &policyError{line: 1}
	if at := yamlLine.FindStringSubmatch(words); at != nil {
		made.line, _ = strconv.Atoi(at[1])
		words = words[strings.Index(words, at[0])+len(at[0]):]
	}
	made.text = towpath.ClipRunes(words, 200) + "."
	if found := yamlField.FindStringSubmatch(words); found != nil {
		fields := map[string]string{
			"policyText": "review",
			"reviewText": "dialect, server-version, preset, rules, insist or environments",
			"levelsText": "preset, rules or insist",
		}
		made.text = fmt.Sprintf("There is no field %s here. Use %s.",
			towpath.ClipRunes(found[1], 40), fields[found[2]])
	}
	if found := yamlKind.FindStringSubmatch(words); found != nil {
		kind := "fields below it, each with its value"
		switch found[2] {
		case "[]string":
			kind = "a list, such as [DS03]"
		case "string", "sqlreview.Preset", "towpath.ReviewPreset":
			kind = "one word"
		}
		value := strings.TrimSpace("The value " + towpath.ClipRunes(strings.Trim(found[1], "`"), 40))
		made.text = fmt.Sprintf("%s does not fit here. Write %s.", value, kind)
	}
	return made
}

// PolicyLine returns the line of a file towpath.yaml that an error about it names, from 1.
func PolicyLine(content []byte, err error) int {
	var written *policyError
	if errors.As(err, &written) {
		return max(written.line, 1)
	}
	var invalid *towpath.Error
	var root yaml.Node
	if !errors.As(err, &invalid) || yaml.Unmarshal(content, &root) != nil || len(root.Content) == 0 {
		return 1
	}
	return lineOf(root.Content[0], invalid.Field, 1)
}

// lineOf follows a field, such as review.rules.PL01 or review.insist.PL01, as far as the node has
// it. Keys may have dots themselves.
func lineOf(node *yaml.Node, field string, line int) int {
	for i := 0; node.Kind == yaml.MappingNode && i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		rest, ok := strings.CutPrefix(field, key.Value)
		switch {
		case ok && rest == "":
			return key.Line
		case ok && strings.HasPrefix(rest, "."):
			return lineOf(node.Content[i+1], rest[1:], key.Line)
		}
	}
	if node.Kind == yaml.SequenceNode {
		for _, item := range node.Content {
			if item.Value == field {
				return item.Line
			}
		}
	}
	return line
}
