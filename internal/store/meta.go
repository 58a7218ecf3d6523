package store

import (
	"context"

	"towpath"
)

type metaRow struct {
	Key   string
	Value []byte
}

var metas = newTable("meta", 1, func(m *metaRow) []column {
	return []column{{"key", &m.Key}, {"value", blob{&m.Value}}}
})

// KeyProof is the server's value that identifies the key by which the metadata is encrypted.
const KeyProof = "key-proof"

// Meta reads a value of the server; nil when it was never set.
func (tx *Tx) Meta(ctx context.Context, key string) ([]byte, error) {
	row, err := metas.get(ctx, tx, "key = $1", key)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return nil, nil
	}
	return row.Value, err
}

// SetMeta stores a value of the server.
func (tx *Tx) SetMeta(ctx context.Context, key string, value []byte) error {
	return metas.upsert(ctx, tx, metaRow{key, value})
}

// ServerID returns the id of this Towpath server, which all its replicas share. The first call
// creates it.
func (tx *Tx) ServerID(ctx context.Context) (string, error) {
	value, err := tx.Meta(ctx, "server-id")
	if err != nil || value != nil {
		return string(value), err
	}
	id := NewID()
	return id, tx.SetMeta(ctx, "server-id", []byte(id))
}
