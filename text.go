package towpath

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// MaxText is how many bytes are kept of a text of external origin: a database's error, a notice, a
// name, a provider's response.
const MaxText = 4 << 10

// Clip cuts an external text to MaxText bytes of valid UTF-8, and says how many bytes it dropped.
func Clip(text string) string { return ClipMore(text, MaxText, 0) }

// ClipMore cuts a text to n bytes of valid UTF-8 if it is longer; unread is the number of bytes
// that the caller did not read.
func ClipMore(text string, n, unread int) string {
	if len(text) <= n && unread == 0 {
		return strings.ToValidUTF8(text, "�")
	}
	kept := text[:min(n, len(text))]
	for i := len(kept) - 1; i >= max(0, len(kept)-utf8.UTFMax); i-- { // do not cut a character in half
		if utf8.RuneStart(kept[i]) {
			if !utf8.FullRuneInString(kept[i:]) {
				kept = kept[:i]
			}
			break
		}
	}
	return fmt.Sprintf("%s… (%d bytes more)", strings.ToValidUTF8(kept, "�"), len(text)-len(kept)+unread)
}

// ClipRunes cuts text to at most n runes, without space around it.
func ClipRunes(text string, n int) string {
	text = strings.TrimSpace(text)
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	return string(runes[:n-1]) + "…"
}
