package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// deployFiles returns the YAML files in a folder of deploy.
func deployFiles(t *testing.T, pattern ...string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(append([]string{"..", "..", "deploy"}, pattern...)...))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files %v: %v", pattern, err)
	}
	return files
}

// container is what runs Towpath in a manifest.
type container struct {
	Name  string   `yaml:"name"`
	Image string   `yaml:"image"`
	Args  []string `yaml:"args"`
	Env   []struct {
		Name  string `yaml:"name"`
		Value string `yaml:"value"`
	} `yaml:"env"`
}

// TestDeploy_setsWhatTheProgramKnows reads the command line that each container of Towpath amounts to,
// with its environment as flags.
func TestDeploy_setsWhatTheProgramKnows(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, file := range deployFiles(t, "kubernetes", "*.yaml") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for decoder := yaml.NewDecoder(bytes.NewReader(text)); ; {
			var object struct {
				Spec struct {
					Template struct {
						Spec struct {
							InitContainers []container `yaml:"initContainers"`
							Containers     []container `yaml:"containers"`
						} `yaml:"spec"`
					} `yaml:"template"`
				} `yaml:"spec"`
			}
			err := decoder.Decode(&object)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			pod := object.Spec.Template.Spec
			for _, c := range slices.Concat(pod.InitContainers, pod.Containers) {
				if !strings.Contains(c.Image, "/towpath:") {
					continue
				}
				settings := map[string]string{}
				for _, e := range c.Env {
					settings[e.Name] = e.Value
				}
				parses(t, file, c.Args, settings)
				seen++
			}
		}
	}
	for _, file := range deployFiles(t, "compose.yaml") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var composed struct {
			Services map[string]struct {
				Environment map[string]string `yaml:"environment"`
			} `yaml:"services"`
		}
		if err := yaml.Unmarshal(text, &composed); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		parses(t, file, []string{"serve"}, composed.Services["towpath"].Environment)
		seen++
	}
	if seen != 3 {
		t.Errorf("%d containers of Towpath were found, want 3", seen)
	}
}

// parses reads a command whose settings come from the environment.
func parses(t *testing.T, file string, args []string, settings map[string]string) {
	t.Helper()
	if len(settings) < 3 {
		t.Errorf("%s: only %d settings were found", file, len(settings))
	}
	for name, value := range settings {
		flag, ok := strings.CutPrefix(name, "TOWPATH_")
		if !ok {
			t.Errorf("%s sets %s", file, name)
		}
		args = append(args, "--"+strings.ReplaceAll(strings.ToLower(flag), "_", "-"), value)
	}
	parser, err := newParser(context.Background(), io.Discard, io.Discard, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(args); err != nil {
		t.Errorf("%s: %v: %v", file, args, err)
	}
}

// TestDeploy_asksForMetricsThatThereAre compares what alerts and the dashboard ask for with what the
// server names.
func TestDeploy_asksForMetricsThatThereAre(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile(filepath.Join("..", "..", "internal", "api", "metrics.go"))
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	for _, found := range regexp.MustCompile(`Name: "(towpath_[a-z_]+)"`).FindAllSubmatch(source, -1) {
		there[string(found[1])] = true
	}
	asked := map[string]bool{}
	for _, file := range deployFiles(t, "prometheus", "*") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, ".json") && !json.Valid(text) {
			t.Errorf("%s is not JSON", file)
		}
		for _, name := range regexp.MustCompile(`towpath_[a-z_]+`).FindAllString(string(text), -1) {
			name = regexp.MustCompile(`_(bucket|count|sum)$`).ReplaceAllString(name, "")
			if asked[name] = true; !there[name] {
				t.Errorf("%s asks for %s, which the server does not have", file, name)
			}
		}
	}
	for name := range there {
		if !asked[name] {
			t.Errorf("nothing watches %s", name)
		}
	}
}
