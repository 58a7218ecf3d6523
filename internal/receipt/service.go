package receipt

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"time"

	"towpath"
	"towpath/internal/secret"
	"towpath/internal/store"
)

// Service issues receipts, and keeps the keys that sign them. It is safe for concurrent use.
type Service struct {
	Store       *store.Store
	Keyring     *secret.Keyring
	ExternalURL string // of this server; no trailing slash
	ServerID    string
	Version     string // of the program
}

// Key is a public key by which receipts are or were signed.
type Key struct {
	ed25519.PublicKey
	MadeAt  time.Time
	Current bool // it signs from now on
}

// storedKey is a key in the metadata, where all of them are encrypted together.
type storedKey struct {
	Seed   []byte    `json:"seed"`
	MadeAt time.Time `json:"madeAt"`
}

const (
	keysMeta = "receipt-keys"
	keysRow  = "meta/receipt-keys" // the keys are bound to it
	maxKeys  = 50
)

// Issue returns the signed receipt of a rollout that has ended. CodeConflict while it has not, and
// CodeTooLarge when it would be larger than MaxSize. The first receipt of a server makes its key.
func (s *Service) Issue(ctx context.Context, actor towpath.Actor, rolloutID string) ([]byte, error) {
	keys, err := s.keys(ctx, actor) // before the head of the audit log is read, which then has the first key
	if err != nil {
		return nil, err
	}
	var r Receipt
	err = s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		r, err = gather(ctx, tx, rolloutID)
		return err
	})
	if err != nil {
		return nil, err
	}
	r.Issue.Server, r.Issue.ServerID, r.Issue.Version = s.ExternalURL, s.ServerID, s.Version
	file, err := Sign(r, ed25519.NewKeyFromSeed(keys[len(keys)-1].Seed))
	if err == nil && len(file) > MaxSize {
		err = towpath.Errorf(towpath.CodeTooLarge, "The receipt would be larger than %d MiB.", MaxSize>>20)
	}
	return file, err
}

// Keys lists the public keys of this server, oldest first. The first call makes one.
func (s *Service) Keys(ctx context.Context, actor towpath.Actor) ([]Key, error) {
	keys, err := s.keys(ctx, actor)
	return public(keys), err
}

// keys reads the keys, and makes the first one.
func (s *Service) keys(ctx context.Context, actor towpath.Actor) (keys []storedKey, err error) {
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		keys, err = s.stored(ctx, tx)
		return err
	})
	if err == nil && len(keys) == 0 {
		keys, err = s.add(ctx, actor, false)
	}
	return keys, err
}

// Rotate makes a new key, which signs from now on. Receipts of earlier keys stay valid. CodeConflict
// when there are too many.
func (s *Service) Rotate(ctx context.Context, actor towpath.Actor) ([]Key, error) {
	keys, err := s.add(ctx, actor, true)
	return public(keys), err
}

// add makes a key, unless another process has made the first one meanwhile.
func (s *Service) add(ctx context.Context, actor towpath.Actor, further bool) (keys []storedKey, err error) {
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		if keys, err = s.stored(ctx, tx); err != nil || len(keys) > 0 && !further {
			return err
		}
		if len(keys) >= maxKeys {
			return towpath.Errorf(towpath.CodeConflict, "There are %d keys already, which is the most.", maxKeys)
		}
		public, private, err := ed25519.GenerateKey(nil)
		if err != nil {
			return fmt.Errorf("make a key: %w", err)
		}
		keys = append(keys, storedKey{Seed: private.Seed(), MadeAt: tx.Now})
		text, err := json.Marshal(keys)
		if err != nil {
			return fmt.Errorf("write keys: %w", err)
		}
		id := Fingerprint(public)
		tx.Emit(actor.Did(towpath.ActReceiptKey, id, "", "key", id))
		return tx.SetMeta(ctx, keysMeta, s.Keyring.Encrypt(text, keysRow))
	})
	return keys, err
}

// stored decrypts the keys, oldest first.
func (s *Service) stored(ctx context.Context, tx *store.Tx) (keys []storedKey, err error) {
	encrypted, err := tx.Meta(ctx, keysMeta)
	if err != nil || encrypted == nil {
		return nil, err
	}
	text, err := s.Keyring.Decrypt(encrypted, keysRow)
	if err != nil {
		return nil, fmt.Errorf("decrypt the keys of receipts: %w", err)
	}
	if err := json.Unmarshal(text, &keys); err != nil {
		return nil, fmt.Errorf("read the keys of receipts: %w", err)
	}
	for _, k := range keys {
		if len(k.Seed) != ed25519.SeedSize {
			return nil, fmt.Errorf("read the keys of receipts: a seed has %d bytes", len(k.Seed))
		}
	}
	return keys, nil
}

// public returns the public halves.
func public(keys []storedKey) []Key {
	list := make([]Key, len(keys))
	for i, k := range keys {
		half, _ := ed25519.NewKeyFromSeed(k.Seed).Public().(ed25519.PublicKey) // documented
		list[i] = Key{PublicKey: half, MadeAt: k.MadeAt, Current: i == len(keys)-1}
	}
	return list
}
