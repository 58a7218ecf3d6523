// Package secret encrypts tokens and passwords that must be readable again, and creates and hashes
// tokens. Package auth hashes the passwords of members, with a slow hash.
package secret

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

const (
	keySize   = 32 // AES-256
	keyIDSize = 8
	maxKeys   = 8 // in a file
	format    = 1 // the first byte of each ciphertext
	header    = 1 + keyIDSize
	proofRow  = "towpath/secret/proof"
)

// ErrDecrypt means that a ciphertext is damaged or was encrypted for another row.
var ErrDecrypt = errors.New("encrypted text is damaged or belongs to another row")

// KeyError means that a ciphertext needs a key that is not in the keyring.
type KeyError struct {
	Have, Want string // ids of keys, which reveal nothing about the keys
}

// Error implements error.
func (e *KeyError) Error() string {
	return fmt.Sprintf("it was encrypted with key %s, the key file holds %s; all servers need the same key "+
		"file, restored with the database", e.Want, e.Have)
}

// Keyring holds the keys of a key file. It is safe for concurrent use.
type Keyring struct {
	id       [keyIDSize]byte
	key      []byte
	aead     cipher.AEAD
	previous *Keyring // decrypts with the next older key; nil for none
}

// Open reads the key file at path: 32 random bytes, followed by earlier keys after a rotation. It
// creates a missing file, readable only by its owner, in an existing folder. It refuses a file that
// group or others can read, or of another size.
func Open(path string) (*Keyring, error) {
	key, err := readKey(path)
	if errors.Is(err, fs.ErrNotExist) {
		// another server may have been faster
		if err = makeKey(path); err == nil || errors.Is(err, fs.ErrExist) {
			key, err = readKey(path)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("open key file: %w", err)
	}
	return newKeyring(key)
}

// newKeyring makes a keyring from the bytes of a key file. The first key encrypts.
func newKeyring(keys []byte) (k *Keyring, err error) {
	for len(keys) > 0 {
		last := keys[len(keys)-keySize:]
		one, err := singleKey(last)
		if err != nil {
			return nil, err
		}
		one.previous, k, keys = k, one, keys[:len(keys)-keySize]
	}
	return k, nil
}

func singleKey(key []byte) (*Keyring, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("use key: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("use key: %w", err)
	}
	k := &Keyring{key: key, aead: aead}
	sum := sha256.Sum256(append([]byte("towpath key id\x00"), key...))
	copy(k.id[:], sum[:])
	return k, nil
}

func readKey(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file", path)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, fmt.Errorf("%s can be read by others than its owner (mode %#o); run chmod 600 on it",
			path, mode)
	}
	key, err := io.ReadAll(io.LimitReader(f, maxKeys*keySize+1))
	if err != nil {
		return nil, err
	}
	if len(key) == 0 || len(key)%keySize != 0 || len(key) > maxKeys*keySize {
		return nil, fmt.Errorf("%s is not a key file: it does not have %d bytes, or that times the number "+
			"of keys", path, keySize)
	}
	return key, nil
}

// makeKey writes a temporary file and links it, so that no reader sees half a key and no key is
// ever replaced.
func makeKey(path string) error {
	key := make([]byte, keySize)
	rand.Read(key) // never fails: https://pkg.go.dev/crypto/rand#Read
	temporary := path + "." + NewToken(6)
	f, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer os.Remove(temporary)
	_, err = f.Write(key)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Link(temporary, path)
}

// KeyID identifies the key without revealing anything about it.
func (k *Keyring) KeyID() string { return hex.EncodeToString(k.id[:]) }

// Encrypt encrypts plain for one row, named like "git_provider/ID/secret". Decrypt needs the same
// name.
func (k *Keyring) Encrypt(plain []byte, row string) []byte {
	encrypted := append([]byte{format}, k.id[:]...)
	return k.aead.Seal(encrypted, nil, plain, k.bind(row))
}

// Decrypt decrypts the result of Encrypt for the same row. Its error is a *KeyError when the
// keyring lacks the key, else ErrDecrypt.
func (k *Keyring) Decrypt(encrypted []byte, row string) ([]byte, error) {
	if len(encrypted) < header+k.aead.Overhead() || encrypted[0] != format {
		return nil, ErrDecrypt
	}
	if id := encrypted[1:header]; !bytes.Equal(id, k.id[:]) {
		for one := k.previous; one != nil; one = one.previous {
			if bytes.Equal(id, one.id[:]) {
				return one.Decrypt(encrypted, row)
			}
		}
		return nil, &KeyError{Have: k.KeyID(), Want: hex.EncodeToString(id)}
	}
	plain, err := k.aead.Open(nil, nil, encrypted[header:], k.bind(row))
	if err != nil {
		return nil, ErrDecrypt
	}
	return plain, nil
}

// bind returns the additional data. It includes the header, so that a ciphertext cannot be
// relabeled.
func (k *Keyring) bind(row string) []byte {
	return append(append([]byte{format}, k.id[:]...), row...)
}

// Proof returns a ciphertext that the servers share, so that each can Verify that it has the same
// key.
func (k *Keyring) Proof() []byte { return k.Encrypt(nil, proofRow) }

// Verify checks a Proof. Its error is a *KeyError when the keyring lacks its key, else ErrDecrypt.
func (k *Keyring) Verify(proof []byte) error {
	_, err := k.Decrypt(proof, proofRow)
	return err
}

// Derive returns a key of 32 bytes for a label, derived from the current key. It is the same on all
// servers, and only a holder of the key file can compute it.
func (k *Keyring) Derive(label string) []byte {
	mac := hmac.New(sha256.New, k.key)
	mac.Write([]byte("towpath derived\x00" + label))
	return mac.Sum(nil)
}

// Derived is a key derived from a key of the key file.
type Derived struct {
	KeyID string // of the key in the file
	Key   []byte
}

// DeriveAll derives a key for a label from each key of the file, the current one first.
func (k *Keyring) DeriveAll(label string) []Derived {
	var all []Derived
	for one := k; one != nil; one = one.previous {
		all = append(all, Derived{KeyID: one.KeyID(), Key: one.Derive(label)})
	}
	return all
}

// NewToken returns n random bytes in URL-safe base64.
func NewToken(bytes int) string {
	b := make([]byte, bytes)
	rand.Read(b) // never fails: https://pkg.go.dev/crypto/rand#Read
	return base64.RawURLEncoding.EncodeToString(b)
}

// HashToken returns the SHA-256 of a token; only the hash is stored. Tokens are random, so a slow
// hash is not needed.
func HashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
