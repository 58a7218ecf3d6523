package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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
	rendered, err := filepath.Glob(filepath.Join("testdata", "chart", "*.yaml"))
	if err != nil || len(rendered) != 3 {
		t.Fatalf("the rendered chart: %v, %v", rendered, err)
	}
	for _, file := range append(deployFiles(t, "kubernetes", "*.yaml"), rendered...) {
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
	if seen != 6 {
		t.Errorf("%d containers of Towpath were found, want 6", seen)
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
		args = append(args, "--"+strings.ReplaceAll(strings.ToLower(flag), "_", "-")+"="+value)
	}
	parser, err := newParser(context.Background(), io.Discard, io.Discard, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(args); err != nil {
		t.Errorf("%s: %v: %v", file, args, err)
	}
}

// TestDeploy_rendersTheChartThatIsThere compares the sum in each rendered file with the chart's
// files. Rendering takes Helm, which make chart builds.
func TestDeploy_rendersTheChartThatIsThere(t *testing.T) {
	t.Parallel()
	folder := filepath.Join("..", "..", "deploy", "chart")
	var sums []string
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(folder, path)
		sums = append(sums, fmt.Sprintf("./%s\x00%x", filepath.ToSlash(name), sha256.Sum256(text)))
		return err
	})
	if err != nil || len(sums) < 10 {
		t.Fatalf("%d files, %v", len(sums), err)
	}
	slices.Sort(sums)
	var lines strings.Builder
	for _, sum := range sums {
		name, hash, _ := strings.Cut(sum, "\x00")
		lines.WriteString(hash + "  " + name + "\n")
	}
	want := fmt.Sprintf("%x", sha256.Sum256([]byte(lines.String())))
	examples := deployFiles(t, "chart", "examples", "*.yaml")
	for _, example := range examples {
		file := filepath.Join("testdata", "chart", filepath.Base(example))
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if first, _, _ := strings.Cut(string(text), "\n"); !strings.HasSuffix(first, " "+want) {
			t.Errorf("%s is older than the chart: UPDATE=1 make chart", file)
		}
	}
}

// TestDeploy_chartHasEverySetting compares the settings in the chart's schema with the flags of the
// server.
func TestDeploy_chartHasEverySetting(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "deploy", "chart", "values.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Definitions struct {
			Setting struct {
				Enum []string `json:"enum"`
			} `json:"setting"`
		} `json:"definitions"`
	}
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	parser, err := newParser(context.Background(), io.Discard, io.Discard, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	// The chart or the image sets these.
	want := []string{"config", "listen", "external-url", "data", "metadata-url", "key-file", "sqlite-root"}
	want = append(want, schema.Definitions.Setting.Enum...)
	var have []string
	for _, command := range parser.Model.Children {
		if command.Name != "serve" {
			continue
		}
		for _, flag := range command.Flags {
			have = append(have, flag.Name)
		}
	}
	slices.Sort(want)
	slices.Sort(have)
	if diff := cmp.Diff(have, want); diff != "" {
		t.Errorf("flags of serve (-) and settings of the chart (+): %s", diff)
	}
}

// TestDeploy_asksForMetricsThatThereAre compares what alerts and the dashboard ask for with what the
// server names.
func TestDeploy_asksForMetricsThatThereAre(t *testing.T) {
	t.Parallel()
	var source []byte
	for _, name := range []string{"metrics.go", "metrics_counts.go"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "internal", "api", name))
		if err != nil {
			t.Fatal(err)
		}
		source = append(source, text...)
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
