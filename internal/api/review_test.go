package api

import (
	"strings"
	"testing"

	links "towpath/internal/link"
)

// A preview shows the texts of its files as a rollout does: bounded, and without passwords.
func TestPreview_showsTexts(t *testing.T) {
	t.Parallel()
	v := previewOf(links.Preview{Texts: map[string]string{
		"b/größe.sql": strings.Repeat("-- x\n", textLimit),
		"a.sql":       "CREATE ROLE r PASSWORD 's3cret';",
	}})
	if len(v.Texts) != 2 || v.Texts[0].Path != "a.sql" || v.Texts[0].SQL.Truncated ||
		v.Texts[0].SQL.Text != "CREATE ROLE r PASSWORD '…';" {
		t.Fatalf("the texts are %.200v", v.Texts)
	}
	if long := v.Texts[1].SQL; !long.Truncated || len(long.Text) != textLimit || long.Size != 5*textLimit {
		t.Errorf("a long text has %d bytes of %d", len(long.Text), long.Size)
	}
}
