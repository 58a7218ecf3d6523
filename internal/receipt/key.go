package receipt

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// pemType is the type of the PEM blocks of public keys.
const pemType = "PUBLIC KEY"

// maxTrusted bounds the keys of one file.
const maxTrusted = 100

// publicDER returns the key as PKIX DER, as OpenSSL writes it.
func publicDER(key ed25519.PublicKey) []byte {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		panic(err) // only for other kinds of keys
	}
	return der
}

// Fingerprint identifies a public key: the lower hex SHA-256 of its PKIX DER.
func Fingerprint(key ed25519.PublicKey) string { return hexSum(publicDER(key)) }

// PEM returns the key as a PEM block.
func PEM(key ed25519.PublicKey) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: pemType, Bytes: publicDER(key)}))
}

func parsePublic(der []byte) (ed25519.PublicKey, error) {
	any, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, err
	}
	key, ok := any.(ed25519.PublicKey)
	if !ok {
		return nil, errors.New("it is no Ed25519 key")
	}
	return key, nil
}

// Trust is the fingerprints of the keys by which receipts count. The empty Trust trusts no key.
type Trust map[string]bool

var fingerprint = regexp.MustCompile(`^[0-9a-f]{64}$`)

// ParseFingerprint returns the trust in one key. ok is false when the text is no fingerprint.
func ParseFingerprint(text string) (t Trust, ok bool) {
	text = strings.ToLower(strings.TrimSpace(text))
	return Trust{text: true}, fingerprint.MatchString(text)
}

// ParseKeys returns the trust in the public keys of a PEM file. It refuses a file without keys, and one
// with anything but public Ed25519 keys.
func ParseKeys(file []byte) (Trust, error) {
	t := Trust{}
	for len(bytes.TrimSpace(file)) > 0 {
		var block *pem.Block
		if block, file = pem.Decode(file); block == nil {
			return nil, errors.New("it has something else than PEM blocks of public keys")
		}
		if block.Type != pemType {
			return nil, fmt.Errorf("it has a block of the type %q, and not only of %q", block.Type, pemType)
		}
		key, err := parsePublic(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("read a public key: %w", err)
		}
		if t[Fingerprint(key)] = true; len(t) > maxTrusted {
			return nil, fmt.Errorf("it has more than %d keys", maxTrusted)
		}
	}
	if len(t) == 0 {
		return nil, errors.New("it has no public key")
	}
	return t, nil
}
