package towpath

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"slices"
)

// TextSums computes checksums that identify texts which differ only in line ends. It is an
// io.Writer for the bytes of a file and never fails. Create one with NewTextSums; the zero value is
// not usable.
type TextSums struct {
	bytes hash.Hash
	lf    hash.Hash // with a line feed at the end of each line, as Git keeps it
	crlf  hash.Hash // with CR and LF, as Git writes it on Windows
	plain hash.Hash // without trailing blanks on lines, and without line ends at the end of the file

	carriage bool   // the last byte was a carriage return, which is not in lf and crlf yet
	blanks   []byte // blanks and line ends that are not in plain yet
}

// maxBlanks bounds the buffered blanks. A longer run of them counts as text.
const maxBlanks = 64 << 10

// NewTextSums returns the sums of an empty text.
func NewTextSums() *TextSums {
	return &TextSums{bytes: sha256.New(), lf: sha256.New(), crlf: sha256.New(), plain: sha256.New()}
}

// Write implements io.Writer.
func (s *TextSums) Write(p []byte) (int, error) {
	s.bytes.Write(p)
	for rest := p; len(rest) > 0; {
		n := bytes.IndexAny(rest, " \t\r\n")
		if n < 0 {
			n = len(rest)
		}
		if n > 0 {
			s.text(rest[:n])
			rest = rest[n:]
			continue
		}
		s.blank(rest[0])
		rest = rest[1:]
	}
	return len(p), nil
}

func (s *TextSums) text(p []byte) {
	s.flushCarriage()
	s.lf.Write(p)
	s.crlf.Write(p)
	s.plain.Write(s.blanks)
	s.blanks = s.blanks[:0]
	s.plain.Write(p)
}

func (s *TextSums) blank(c byte) {
	switch {
	case c == '\n':
		s.carriage = false
		s.lf.Write([]byte("\n"))
		s.crlf.Write([]byte("\r\n"))
		s.blanks = append(bytes.TrimRight(s.blanks, " \t\r"), c)
	case c == '\r':
		s.flushCarriage()
		s.carriage = true
		s.blanks = append(s.blanks, c)
	default:
		s.flushCarriage()
		s.lf.Write([]byte{c})
		s.crlf.Write([]byte{c})
		s.blanks = append(s.blanks, c)
	}
	if len(s.blanks) > maxBlanks {
		s.plain.Write(s.blanks)
		s.blanks = s.blanks[:0]
	}
}

func (s *TextSums) flushCarriage() {
	if s.carriage {
		s.lf.Write([]byte("\r"))
		s.crlf.Write([]byte("\r"))
		s.carriage = false
	}
}

// Checksum is the lower hex SHA-256 of the bytes.
func (s *TextSums) Checksum() string { return hex.EncodeToString(s.bytes.Sum(nil)) }

// Plain is the checksum shared by texts that differ only in line ends and the blanks before them.
func (s *TextSums) Plain() string { return hex.EncodeToString(s.plain.Sum(nil)) }

// Variants lists the checksums of the text as it is, with LF, and with CR and LF, without
// duplicates.
func (s *TextSums) Variants() []string {
	s.flushCarriage()
	list := []string{s.Checksum(), hex.EncodeToString(s.lf.Sum(nil)), hex.EncodeToString(s.crlf.Sum(nil))}
	slices.Sort(list)
	return slices.Compact(list)
}
