package catalog

import (
	"strings"
	"testing"
	"time"

	"towpath"
)

func TestClipped_cutsEveryTextOfARow(t *testing.T) {
	t.Parallel()
	long, at := strings.Repeat("größe ", 100_000), time.Now()
	e := towpath.LedgerEntry{
		MigrationID: towpath.MigrationID{Version: long, Type: towpath.TypeDDL},
		State:       towpath.LedgerDone,
		Description: long,
		Path:        long,
		Checksum:    long,
		Commit:      long,
		ServerID:    long,
		DatabaseID:  long,
		StartedAt:   at,
	}
	e = clipEntries([]towpath.LedgerEntry{e})[0]
	for name, text := range map[string]string{
		"version": e.Version, "description": e.Description, "path": e.Path, "checksum": e.Checksum,
		"commit": e.Commit, "server": e.ServerID, "database": e.DatabaseID,
	} {
		if len(text) > towpath.MaxText+100 || text == "" {
			t.Errorf("the %s has %d bytes", name, len(text))
		}
	}
	short := towpath.LedgerEntry{
		MigrationID: towpath.MigrationID{Version: "1", Type: towpath.TypeDDL},
		Path:        "shop/1__ddl__ä.sql", StartedAt: at,
	}
	if got := clipEntries([]towpath.LedgerEntry{short})[0]; got != short {
		t.Errorf("a short row became %+v", got)
	}
}
