package towpath

import "strings"

// MinSecretLength is the length in bytes of the shortest secret that is removed from texts. Shorter
// secrets occur in ordinary words: removing them would damage the text and hide nothing.
const MinSecretLength = 6

// Redact removes a secret from a text of external origin.
func Redact(text, secret string) string {
	if len(secret) < MinSecretLength {
		return text
	}
	return strings.ReplaceAll(text, secret, "…")
}
