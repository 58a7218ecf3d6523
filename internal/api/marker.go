package api

import (
	"context"
	"strings"

	"towpath/internal/statement"
	"towpath/internal/store"
)

// markers are what the comments of a file mean to the migration tool that it was written for.
type markers struct {
	Format        string `json:"format" doc:"The tool: goose, dbmate, sql-migrate, tern, sqlx, Atlas, Drizzle, node-pg-migrate or Liquibase."`
	NoTransaction bool   `json:"noTransaction" doc:"The markers ask for statements one by one."`
	Undo          *undo  `json:"undo,omitempty" doc:"The part that takes the change back, to the end of the file. It never runs by itself. Absent when there is none, or when a marker is not understood."`
}

// undo is the place of a way back in its file.
type undo struct {
	Line   int   `json:"line" doc:"Its first line."`
	Offset int64 `json:"offset" doc:"From the start of the file, in bytes."`
	Size   int64 `json:"size" doc:"In bytes."`
}

// markersOf reads the markers of a file; nil when it has none.
func markersOf(file string) *markers {
	m, err := statement.ReadMarkers(strings.NewReader(file))
	if err != nil || m.Format == "" { // a text in memory can be read
		return nil
	}
	shown := &markers{Format: string(m.Format), NoTransaction: m.NoTransaction}
	if m.Undo != nil {
		shown.Undo = &undo{Line: m.Undo.From.Line, Offset: m.Undo.From.Offset, Size: m.Undo.Size}
	}
	return shown
}

// readFile is readText for the file of a migration, with its markers.
func readFile(ctx context.Context, tx *store.Tx, checksum string) (*text, error) {
	shown, err := readText(ctx, tx, checksum)
	if err != nil || shown == nil {
		return nil, err
	}
	head, size, err := tx.ContentHead(ctx, checksum)
	if err == nil && int64(len(head)) == size {
		shown.Markers = markersOf(string(head))
	}
	return shown, err
}
