package api

import (
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"testing"

	"github.com/danielgtaylor/huma/v2"
)

// TestRoutes_areDescribed holds every operation to what a reader of the API's description needs.
func TestRoutes_areDescribed(t *testing.T) {
	t.Parallel()
	texts := operationTexts()
	short := regexp.MustCompile(`^[A-Z][^.]{3,58}[a-z]$`)
	sentences := regexp.MustCompile(`^[A-Z].{20,}[.]$`)
	for _, op := range operationsOf((&Server{}).register(http.NewServeMux())) {
		name := op.OperationID
		text, ok := texts[name]
		if !ok {
			t.Errorf("%s %s: add a text of %s to the operations_*.go that fits", op.Method, op.Path, name)
			continue
		}
		delete(texts, name)
		if !short.MatchString(op.Summary) {
			t.Errorf("%s: summary %q is not a short phrase without a full stop", name, op.Summary)
		}
		if !sentences.MatchString(text.Description) {
			t.Errorf("%s: description %q is not made of sentences", name, text.Description)
		}
		if !slices.ContainsFunc(tags, func(g tag) bool { return slices.Equal(op.Tags, []string{g.Name}) }) {
			t.Errorf("%s: tags %q, want one of those in operations.go", name, op.Tags)
		}
		if op.Responses["403"] == nil {
			t.Errorf("%s: no answer 403", name)
		}
		for _, p := range op.Parameters {
			if p.Description == "" {
				t.Errorf("%s: the parameter %s has no doc", name, p.Name)
			}
		}
	}
	if len(texts) > 0 {
		t.Errorf("texts of operations that do not exist: %v", slices.Sorted(maps.Keys(texts)))
	}
}

// TestRoutes_haveValidExamples checks each example as the server would check it in a request.
func TestRoutes_haveValidExamples(t *testing.T) {
	t.Parallel()
	spec := (&Server{}).register(http.NewServeMux())
	seen := 0
	for _, op := range operationsOf(spec) {
		example, ok := requestExamples[op.OperationID]
		if !ok {
			continue
		}
		seen++
		var value any
		if err := json.Unmarshal([]byte(example), &value); err != nil {
			t.Fatalf("%s: %v", op.OperationID, err)
		}
		var result huma.ValidateResult
		huma.Validate(spec.Components.Schemas, op.RequestBody.Content["application/json"].Schema,
			huma.NewPathBuffer(nil, 0), huma.ModeWriteToServer, value, &result)
		for _, err := range result.Errors {
			t.Errorf("%s: %v", op.OperationID, err)
		}
	}
	if seen != len(requestExamples) {
		t.Errorf("%d examples, of which %d are of an operation", len(requestExamples), seen)
	}
}
