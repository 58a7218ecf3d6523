package statement

import (
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// MaxLength bounds one statement, in bytes: a file may be longer, what a server gets at once may not.
const MaxLength = 64 << 20

const chunk = 32 << 10

// Reader walks over a script character by character, knows where it stands, and keeps the text of one statement.
// It refuses what is not UTF-8 text. The first error stays: from then on the reader stands at its end.
type Reader struct {
	src   io.Reader
	win   []byte // win[start:at] is kept text, win[at:] is read ahead
	start int
	at    int
	keep  bool
	eof   bool
	err   error
	pos   Position
}

// NewReader starts at the beginning of src; a UTF-8 byte order mark is passed over.
func NewReader(src io.Reader) *Reader {
	r := &Reader{src: src, pos: Position{Line: 1, Column: 1}}
	r.fill(4)
	switch head := r.win; {
	case len(head) >= 3 && string(head[:3]) == "\xef\xbb\xbf":
		r.at, r.start = 3, 3
		r.pos.Offset = 3
	case len(head) >= 2 && (string(head[:2]) == "\xff\xfe" || string(head[:2]) == "\xfe\xff"):
		r.fail(Errorf(r.pos, "The file is UTF-16. Save it as UTF-8."))
	}
	return r
}

// Pos is where the next character stands.
func (r *Reader) Pos() Position { return r.pos }

// Err is what ended the reading before the end of the file: a *Error, or the source's own error.
func (r *Reader) Err() error { return r.err }

// Peek returns the byte n places ahead, 0 behind the end; no script holds a 0 byte.
func (r *Reader) Peek(n int) byte {
	if r.at+n >= len(r.win) {
		r.fill(n + 1)
		if r.at+n >= len(r.win) {
			return 0
		}
	}
	return r.win[r.at+n]
}

// End tells whether nothing is left to read.
func (r *Reader) End() bool { return r.Peek(0) == 0 && r.at >= len(r.win) }

// HasPrefix tells whether the coming bytes are s.
func (r *Reader) HasPrefix(s string) bool {
	r.fill(len(s))
	return len(r.win)-r.at >= len(s) && string(r.win[r.at:r.at+len(s)]) == s
}

// Advance passes over n bytes, which must be there and end on a character's border.
func (r *Reader) Advance(n int) {
	for n > 0 && r.err == nil {
		if r.Peek(0) == 0 {
			r.refuseZero()
			return
		}
		n -= r.step()
	}
}

// Line passes over the rest of the line, its line feed left standing.
func (r *Reader) Line() {
	for !r.End() && r.Peek(0) != '\n' {
		r.Advance(1)
	}
}

// Through passes over everything up to and with the next end, and tells whether there was one.
func (r *Reader) Through(end string) bool {
	for !r.End() {
		if r.Peek(0) == end[0] && r.HasPrefix(end) {
			r.Advance(len(end))
			return true
		}
		r.Advance(1)
	}
	return false
}

// step passes over one character and returns its bytes.
func (r *Reader) step() int {
	c, size := r.win[r.at], 1
	if c >= utf8.RuneSelf {
		r.fill(utf8.UTFMax)
		var char rune
		if char, size = utf8.DecodeRune(r.win[r.at:]); char == utf8.RuneError && size == 1 {
			r.fail(Errorf(r.pos, "The file is not UTF-8 here. Save it as UTF-8; write binary data as a hexadecimal literal."))
			return 1
		}
	}
	r.at += size
	r.pos.Offset += int64(size)
	if c == '\n' {
		r.pos.Line++
		r.pos.Column = 1
	} else {
		r.pos.Column++
	}
	if r.keep && r.at-r.start > MaxLength {
		r.fail(Errorf(r.pos, "The statement is longer than %d MiB. Cut it into several.", MaxLength>>20))
	}
	return size
}

// refuseZero tells a 0 byte from the end.
func (r *Reader) refuseZero() {
	if r.at < len(r.win) {
		r.fail(Errorf(r.pos, "The file holds a 0 byte: it is UTF-16 without a mark, or not text. Save it as UTF-8."))
	}
}

// mark starts to keep text at the present place; drop stops keeping.
func (r *Reader) mark() { r.start, r.keep = r.at, true }
func (r *Reader) drop() { r.start, r.keep = r.at, false }

// kept returns the text from mark up to n bytes behind it, valid until the reader moves.
func (r *Reader) kept(from, to int) []byte { return r.win[r.start+from : r.start+to] }

// length is how many bytes are kept.
func (r *Reader) length() int { return r.at - r.start }

func (r *Reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
	r.eof = true
	r.win = r.win[:r.at]
}

// fill reads on until n bytes lie ahead or the source ends.
func (r *Reader) fill(n int) {
	for len(r.win)-r.at < n && !r.eof {
		if !r.keep {
			r.start = r.at
		}
		if r.start > 0 && r.start >= len(r.win)/2 {
			r.win = r.win[:copy(r.win, r.win[r.start:])]
			r.at -= r.start
			r.start = 0
		}
		if cap(r.win)-len(r.win) < chunk {
			grown := make([]byte, len(r.win), 2*cap(r.win)+chunk)
			copy(grown, r.win)
			r.win = grown
		}
		got, err := r.src.Read(r.win[len(r.win) : len(r.win)+chunk])
		r.win = r.win[:len(r.win)+got]
		if errors.Is(err, io.EOF) {
			r.eof = true
		} else if err != nil {
			r.fail(fmt.Errorf("read the script: %w", err))
		}
	}
}
