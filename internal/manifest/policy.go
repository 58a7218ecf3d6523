package manifest

import (
	"unicode/utf8"

	"towpath"
)

// MaxPolicy bounds a file towpath.yaml, in bytes.
const MaxPolicy = 64 << 10

// PolicyFile is a link's file towpath.yaml with its text, or with why that cannot be used. The path
// is "" when the branch has none.
func PolicyFile(linkID, path string, text []byte) towpath.PolicyFile {
	p := towpath.PolicyFile{LinkID: linkID, Path: path}
	switch {
	case len(text) > MaxPolicy:
		p.Reason = towpath.Why(towpath.ReasonTooLarge, "limit", "64 KiB")
	case !utf8.Valid(text):
		p.Reason = towpath.Why(towpath.ReasonPolicyEncoding)
	default:
		p.Text = string(text)
	}
	return p
}
