package sqlreview

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"towpath"
)

// yamlLine is how the YAML parser names the place of an error.
var yamlLine = regexp.MustCompile(`line (\d+)`)

// PolicyLine returns the line of a file towpath.yaml that an error of ParsePolicy is about, from 1.
func PolicyLine(content []byte, err error) int {
	var invalid *towpath.Error
	if !errors.As(err, &invalid) {
		if found := yamlLine.FindStringSubmatch(err.Error()); found != nil {
			line, _ := strconv.Atoi(found[1])
			return max(line, 1)
		}
		return 1
	}
	var root yaml.Node
	if yaml.Unmarshal(content, &root) != nil || len(root.Content) == 0 {
		return 1
	}
	return lineOf(root.Content[0], invalid.Field, 1)
}

// lineOf follows a field, such as review.rules.PL01, as far as the node has it. Keys may have dots
// themselves.
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
	return line
}
