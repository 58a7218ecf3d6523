package gitsim

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"hash"
	"net/url"
	"strings"
)

// CheckBaseURL checks the public address of a host and strips slashes at its end.
func CheckBaseURL(address string) (string, error) {
	base, err := url.Parse(address)
	if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") {
		return "", fmt.Errorf("base URL %q of the simulator: want http(s)://host[:port]", address)
	}
	return strings.TrimRight(address, "/"), nil
}

// Permits reports whether a right is enough for the one that is needed: "" < "read" < "write" <
// "admin".
func Permits(has, needs string) bool {
	rank := map[string]int{"": 0, "read": 1, "write": 2, "admin": 3}
	return rank[has] >= rank[needs]
}

// Signature is the HMAC of a body in hexadecimal digits.
func Signature(algorithm func() hash.Hash, secret string, body []byte) string {
	mac := hmac.New(algorithm, []byte(secret))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}

// Equal compares two secrets in constant time.
func Equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// RandomBytes returns n random bytes.
func RandomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // it never fails: https://pkg.go.dev/crypto/rand#Read
	return b
}

// RandomHex returns n random bytes in hexadecimal digits.
func RandomHex(n int) string { return hex.EncodeToString(RandomBytes(n)) }

const alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// RandomText returns n random letters and digits.
func RandomText(n int) string {
	b := RandomBytes(n)
	for i := range b {
		b[i] = alphanumeric[int(b[i])%len(alphanumeric)]
	}
	return string(b)
}
