// Command kubeschemas writes JSON schemas of Kubernetes objects for kubeconform, from descriptions of
// Kubernetes' API: an OpenAPI 2 document in JSON, and custom resource definitions in YAML.
//
//	kubeschemas FOLDER FILE...
//
// A schema refuses fields that the API does not have, as a strict server does. The folder gets one
// file for each kind, GROUP/KIND_VERSION.json; the group without a name is named by its version, as
// kubeconform does.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"
)

func main() {
	flag.Parse()
	if flag.NArg() < 2 {
		fmt.Fprintln(os.Stderr, "usage: kubeschemas FOLDER FILE...")
		os.Exit(2)
	}
	for _, file := range flag.Args()[1:] {
		if err := convert(file, flag.Arg(0)); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", file, err)
			os.Exit(1)
		}
	}
}

// kind names objects of the API.
type kind struct {
	Group   string `json:"group"`
	Version string `json:"version"`
	Kind    string `json:"kind"`
}

// file is the name below a folder of the schema of a kind.
func (k kind) file() string {
	group := k.Group
	if group == "" {
		group = k.Version
	}
	return filepath.Join(group, strings.ToLower(k.Kind)+"_"+k.Version+".json")
}

func convert(file, folder string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var schemas map[kind]any
	if strings.HasSuffix(file, ".json") {
		schemas, err = fromOpenAPI(text)
	} else {
		schemas, err = fromDefinition(text)
	}
	if err != nil {
		return err
	}
	if len(schemas) == 0 {
		return fmt.Errorf("it describes no kind")
	}
	for k, schema := range schemas {
		text, err := json.Marshal(schema)
		if err != nil {
			return err
		}
		path := filepath.Join(folder, k.file())
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// fromOpenAPI returns a schema of each kind in an OpenAPI 2 document, with all that it refers to.
func fromOpenAPI(text []byte) (map[kind]any, error) {
	var document struct {
		Definitions map[string]map[string]any `json:"definitions"`
	}
	if err := json.Unmarshal(text, &document); err != nil {
		return nil, err
	}
	for _, definition := range document.Definitions {
		strict(definition)
	}
	schemas := map[kind]any{}
	for name, definition := range document.Definitions {
		kinds, err := json.Marshal(definition["x-kubernetes-group-version-kind"])
		if err != nil {
			return nil, err
		}
		var of []kind
		if err := json.Unmarshal(kinds, &of); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if len(of) != 1 { // lists and options belong to every group
			continue
		}
		needed := map[string]any{}
		collect(document.Definitions, name, needed)
		schemas[of[0]] = map[string]any{"$ref": "#/definitions/" + name, "definitions": needed}
	}
	return schemas, nil
}

// collect adds a definition and those that it refers to.
func collect(all map[string]map[string]any, name string, into map[string]any) {
	if into[name] != nil || all[name] == nil {
		return
	}
	into[name] = all[name]
	var visit func(any)
	visit = func(node any) {
		switch n := node.(type) {
		case map[string]any:
			if ref, ok := n["$ref"].(string); ok {
				collect(all, strings.TrimPrefix(ref, "#/definitions/"), into)
			}
			for _, child := range n {
				visit(child)
			}
		case []any:
			for _, child := range n {
				visit(child)
			}
		}
	}
	visit(all[name])
}

// fromDefinition returns the schemas of a custom resource definition's versions.
func fromDefinition(text []byte) (map[kind]any, error) {
	var definition struct {
		Spec struct {
			Group string `yaml:"group"`
			Names struct {
				Kind string `yaml:"kind"`
			} `yaml:"names"`
			Versions []struct {
				Name   string `yaml:"name"`
				Schema struct {
					Root map[string]any `yaml:"openAPIV3Schema"`
				} `yaml:"schema"`
			} `yaml:"versions"`
		} `yaml:"spec"`
	}
	if err := yaml.Unmarshal(text, &definition); err != nil {
		return nil, err
	}
	schemas := map[kind]any{}
	for _, version := range definition.Spec.Versions {
		root := version.Schema.Root
		if properties, ok := root["properties"].(map[string]any); ok {
			// The fields of metadata are those of every object.
			properties["metadata"] = map[string]any{"type": "object"}
		}
		strict(root)
		schemas[kind{definition.Spec.Group, version.Name, definition.Spec.Names.Kind}] = root
	}
	return schemas, nil
}

// strict closes each object that lists its fields, and says in JSON schema's words what Kubernetes
// says in words of its own.
func strict(node any) {
	switch n := node.(type) {
	case map[string]any:
		if n["format"] == "int-or-string" || n["x-kubernetes-int-or-string"] == true {
			delete(n, "format")
			n["type"] = []any{"integer", "string"}
		}
		if _, lists := n["properties"].(map[string]any); lists && n["additionalProperties"] == nil &&
			n["x-kubernetes-preserve-unknown-fields"] != true {
			n["additionalProperties"] = false
		}
		for key, child := range n {
			if key != "enum" && key != "default" {
				strict(child)
			}
		}
	case []any:
		for _, child := range n {
			strict(child)
		}
	}
}
