package history

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // Sqitch identifies scripts by it; nothing here relies on it
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"hash/crc32"
	"io"
	"strconv"
)

// SumKind is how a tool computes the checksum of a file.
type SumKind string

const (
	FlywayCRC32 SumKind = "flyway crc32" // over the lines without their ends, as a signed number
	SHA1        SumKind = "sha1"
	SHA256      SumKind = "sha256"
	SHA384      SumKind = "sha384"
	AtlasChain  SumKind = "atlas chain" // over the file and all files before it
)

// Sum is a checksum as a tool keeps it.
type Sum struct {
	Kind SumKind
	Text string
}

// SumOf computes a checksum of a text as a tool does; zero for a kind that needs more than the text.
func SumOf(kind SumKind, text []byte) Sum {
	switch kind {
	case FlywayCRC32:
		return Sum{kind, strconv.FormatInt(int64(int32(flywayCRC(text))), 10)}
	case SHA1:
		sum := sha1.Sum(text) //nolint:gosec // as above
		return Sum{kind, hex.EncodeToString(sum[:])}
	case SHA256:
		sum := sha256.Sum256(text)
		return Sum{kind, hex.EncodeToString(sum[:])}
	case SHA384:
		sum := sha512.Sum384(text)
		return Sum{kind, hex.EncodeToString(sum[:])}
	}
	return Sum{}
}

// flywayCRC sums the lines of a text up. A line ends as in Java: at LF, CR, or both together.
func flywayCRC(text []byte) (crc uint32) {
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	for line := range bytes.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == '\r' }) {
		crc = crc32.Update(crc, crc32.IEEETable, line)
	}
	return crc
}

// Chain computes the checksums of atlas.sum, which cover all files so far.
type Chain struct{ sum hash.Hash }

// NewChain begins before the first file.
func NewChain() *Chain { return &Chain{sum: sha256.New()} }

// Add reads the next file in the order of names, and returns its checksum. name has no folder. It fails
// when the text cannot be read; the chain is of no use after that.
func (c *Chain) Add(name string, text io.Reader) (Sum, error) {
	_, _ = io.WriteString(c.sum, name) // a hash takes everything
	if _, err := io.Copy(c.sum, text); err != nil {
		return Sum{}, err
	}
	return Sum{AtlasChain, base64.StdEncoding.EncodeToString(c.sum.Sum(nil))}, nil
}
