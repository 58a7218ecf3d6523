package towpath

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// MaxText is how many bytes are kept of a text that somebody else decides about: an error of a database, a notice, a name,
// an answer of a provider.
const MaxText = 4 << 10

// Clip cuts a text of somebody else's to MaxText bytes of valid UTF-8, and says how many there were behind them.
func Clip(text string) string { return ClipMore(text, MaxText, 0) }

// ClipMore cuts a text to n bytes of valid UTF-8 where it is longer; unread bytes were left out behind it before.
func ClipMore(text string, n, unread int) string {
	if len(text) <= n && unread == 0 {
		return strings.ToValidUTF8(text, "�")
	}
	kept := text[:min(n, len(text))]
	for i := len(kept) - 1; i >= max(0, len(kept)-utf8.UTFMax); i-- { // no half of a character
		if utf8.RuneStart(kept[i]) {
			if !utf8.FullRuneInString(kept[i:]) {
				kept = kept[:i]
			}
			break
		}
	}
	return fmt.Sprintf("%s… (%d bytes more)", strings.ToValidUTF8(kept, "�"), len(text)-len(kept)+unread)
}
