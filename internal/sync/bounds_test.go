package sync_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"towpath/internal/link/linktest"

	"towpath"
	bitbucketsim "towpath/internal/gitsim/bitbucket"
)

// immense is what the far side says in every text that it is free to choose.
var immense = strings.Repeat("größe ", 40_000)

// swell answers as the simulator does, with immense texts.
func swell(sim http.Handler, w http.ResponseWriter, r *http.Request) {
	recorded := httptest.NewRecorder()
	sim.ServeHTTP(recorded, r)
	body := recorded.Body.Bytes()
	var answer any
	if strings.HasPrefix(r.URL.Path, "/2.0/") && !strings.Contains(r.URL.Path, "/src/") &&
		json.Unmarshal(body, &answer) == nil {
		inflate(answer)
		body, _ = json.Marshal(answer)
		recorded.Header().Del("Content-Length")
	}
	for key, values := range recorded.Header() {
		w.Header()[key] = values
	}
	w.WriteHeader(recorded.Code)
	_, _ = w.Write(body)
}

func inflate(value any) {
	switch v := value.(type) {
	case []any:
		for _, one := range v {
			inflate(one)
		}
	case map[string]any:
		for key, one := range v {
			switch key {
			case "message", "raw", "display_name", "nickname", "description", "detail":
				v[key] = immense
			default:
				inflate(one)
			}
		}
		if page, ok := v["html"].(map[string]any); ok {
			page["href"] = "https://bitbucket.example/" + immense
		}
	}
}

// longest finds the columns of the metadata that hold a longer text than somebody else may bring
// in.
func longest(t *testing.T, file string) (found []string) {
	t.Helper()
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(t.Context(),
		`SELECT s.name, c.name FROM sqlite_schema AS s, pragma_table_info(s.name) AS c WHERE s.type = 'table'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var columns [][2]string
	for rows.Next() {
		var c [2]string
		if err := rows.Scan(&c[0], &c[1]); err != nil {
			t.Fatal(err)
		}
		columns = append(columns, c)
	}
	for _, c := range columns {
		var most int
		query := fmt.Sprintf(
			`SELECT coalesce(max(length(cast(%q AS BLOB))), 0) FROM %q WHERE typeof(%q) = 'text'`, c[1],
			c[0], c[1])
		if err := db.QueryRowContext(t.Context(), query).Scan(&most); err != nil {
			t.Fatal(err)
		}
		if most > towpath.MaxText+200 {
			found = append(found, fmt.Sprintf("%s.%s: %d bytes", c[0], c[1], most))
		}
	}
	return found
}

// The far side says immense things in answers, webhooks and errors; the metadata keeps none of
// them.
func TestMetadata_clipsExternalTexts(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "metadata.db")
	b := linktest.Setup(t, "sqlite:"+file)
	b.Answers = func(w http.ResponseWriter, r *http.Request) { swell(b.Sim, w, r) }
	b.Commit(t, map[string]string{"shop/1__ddl__a.sql": "SELECT 1"})
	link := b.Linked(t)
	b.Reconciled(t, link.ID)
	if _, err := b.Sim.CommitQuiet(linktest.Repo, "main", map[string]string{
		"shop/2__ddl__b.sql":                          "SELECT 2",
		"shop/" + strings.Repeat("x/", 700) + "y.sql": "",
	}, immense); err != nil {
		t.Fatal(err)
	}
	b.Reconciled(t, link.ID)

	hook := b.Sim.Hooks(linktest.Repo)[0]
	for id, branch := range map[string]string{immense: "main", "short": immense} {
		body, err := json.Marshal(map[string]any{
			"repository": map[string]any{
				"uuid": link.RepositoryID, "full_name": immense,
				"links": map[string]any{"html": map[string]any{"href": immense}},
			},
			"push": map[string]any{
				"changes": []any{map[string]any{"new": map[string]any{
					"type": "branch", "name": branch,
					"target": map[string]any{"hash": immense},
				}}},
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		header := http.Header{
			"X-Request-Uuid": {id}, "X-Event-Key": {"repo:push"},
			"X-Hub-Signature": {bitbucketsim.Signature(hook.Secret, body)},
		}
		if err := b.ReceiveWebhook(t.Context(), link.HookKey, header, body); err != nil {
			t.Fatal(err)
		}
	}
	b.Answers = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, `{"type":"error","error":{"message":"`+immense+`","detail":"`+immense+`"}}`)
	}
	for range 3 {
		_, _ = b.Reconcile(t.Context(), link.ID)
	}
	for _, column := range longest(t, file) {
		t.Error(column)
	}
}
