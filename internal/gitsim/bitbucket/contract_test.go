package bitbucket

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"towpath/internal/gitsim/bitbucket/contract"
)

// sharedDir holds the published description and recorded payloads, beside the repository. It is not
// part of the project; without it the fixtures under testdata are used.
const sharedDir = "../../../shared/bitbucket"

var loadShared = sync.OnceValues(func() (*contract.Spec, error) {
	if _, err := os.Stat(sharedDir + "/openapi.json"); err != nil {
		return nil, nil
	}
	return contract.Load(sharedDir + "/openapi.json")
})

func sharedSpec(t *testing.T) *contract.Spec {
	t.Helper()
	spec, err := loadShared()
	if err != nil {
		t.Fatal(err)
	}
	return spec
}

// checkContract runs on every answer that any test gets.
func (f *fixture) checkContract(method, path string, resp *http.Response, body []byte) {
	f.Helper()
	if f.spec == nil || !strings.Contains(resp.Header.Get("Content-Type"), "json") ||
		strings.Contains(string(body), `"code":`) {
		return
	}
	err := f.spec.CheckResponse(method, path, resp.StatusCode, body)
	if resp.Request.URL.Query().Get("format") == "meta" {
		err = f.spec.CheckSchema("commit_file", body) // the description tells of the listing only
	}
	if err != nil {
		f.Error(err)
	}
}

// checkRequest proves that these tests speak to the simulator as one may speak to the real service.
func (f *fixture) checkRequest(r *http.Request, contentType string, body any) {
	f.Helper()
	data, err := json.Marshal(body)
	f.must(err)
	if err := f.spec.CheckRequest(r.Method, r.URL.EscapedPath(), r.URL.Query(), contentType,
		data); err != nil {
		f.Error(err)
	}
}
