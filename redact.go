package towpath

import "strings"

// MinSecretLength is from how many bytes on a secret is blotted out of texts. A shorter one is part of ordinary words: taking it
// out would spoil the text and hide nothing.
const MinSecretLength = 6

// Redact takes a secret out of a text that somebody else wrote.
func Redact(text, secret string) string {
	if len(secret) < MinSecretLength {
		return text
	}
	return strings.ReplaceAll(text, secret, "…")
}
