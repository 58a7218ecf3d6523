package store

import (
	"context"

	"towpath"
)

// contentText is a checksum that finds a content whose text differs in line ends only.
type contentText struct {
	ContentID string
	Checksum  string
	Plain     string
}

var contentTexts = newTable("content_text", 2, func(t *contentText) []column {
	return []column{{"content_id", &t.ContentID}, {"checksum", &t.Checksum}, {"plain", &t.Plain}}
})

func (tx *Tx) addTexts(ctx context.Context, contentID string, sums *towpath.TextSums) error {
	var rows []contentText
	for _, checksum := range sums.Variants() {
		rows = append(rows, contentText{ContentID: contentID, Checksum: checksum, Plain: sums.Plain()})
	}
	return contentTexts.insert(ctx, tx, rows...)
}

// maxLookup bounds the parameters of one statement.
const maxLookup = 64

// PlainTexts returns towpath.TextSums.Plain for those of the checksums whose text is stored,
// possibly with other line ends.
func (tx *Tx) PlainTexts(ctx context.Context, checksums []string) (map[string]string, error) {
	plain := make(map[string]string, len(checksums))
	for len(checksums) > 0 {
		batch := checksums[:min(len(checksums), maxLookup)]
		checksums = checksums[len(batch):]
		args := make([]any, len(batch))
		for i, checksum := range batch {
			args[i] = checksum
		}
		in := "WHERE checksum IN " + tuples(1, len(args), tx.shared)
		err := contentTexts.each(ctx, tx, in, args, func(t contentText) error {
			plain[t.Checksum] = t.Plain
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return plain, nil
}
