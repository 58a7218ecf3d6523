package statement_test

import (
	"strings"
	"testing"

	"towpath/internal/statement"
)

// A file beside a migration is its way back as a whole, unless it has two ways itself.
func TestReadBeside(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text     string
		ok, noTx bool
	}{
		"a statement":       {"DROP TABLE größe;", true, false},
		"says what it is":   {"-- rollback\n-- Down Migration\nDROP TABLE a;", true, false},
		"sqlx":              {"-- no-transaction\nDROP INDEX CONCURRENTLY a;", true, true},
		"nothing":           {"", false, false},
		"comments":          {"-- nothing to do\n\n", false, false},
		"two ways":          {"-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 2;\n", false, false},
		"not understood":    {"-- +goose Sideways\nSELECT 1;", false, false},
		"a marker as title": {"-- migrate:down\nDROP TABLE a;", true, false},
		"a way forth":       {"-- migrate:up\nDROP TABLE a;", false, false},
	} {
		back, ok, err := statement.ReadBeside(strings.NewReader(c.text))
		if err != nil || ok != c.ok {
			t.Errorf("%s: %t, %v", name, ok, err)
		}
		if ok && (back.Text != c.text || back.NoTransaction != c.noTx || back.From.Line != 1) {
			t.Errorf("%s: %+v", name, back)
		}
	}
}
