package towpath

import "strings"

// MinSecretLength is the shortest secret, in bytes, that is removed from texts. A shorter one is
// part of ordinary words: removing it would spoil the text and hide nothing.
const MinSecretLength = 6

// Redact removes a secret from a text of external origin.
func Redact(text, secret string) string {
	if len(secret) < MinSecretLength {
		return text
	}
	return strings.ReplaceAll(text, secret, "…")
}
