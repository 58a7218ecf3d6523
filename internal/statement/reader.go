package statement

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// MaxLength bounds one statement, in bytes: a file may be longer, but a server gets a statement as
// a whole.
const MaxLength = 64 << 20

const chunk = 32 << 10

// Reader reads a script character by character, tracks its position, and keeps the text of one
// statement. It refuses bytes that are not UTF-8 text. The first error stays: from then on the
// reader is at its end.
type Reader struct {
	src       io.Reader
	chunk     int    // bytes to read at once
	win       []byte // win[start:at] is kept text, win[at:] is read ahead
	start     int
	at        int
	keep      bool
	eof       bool
	err       error
	pos       Position
	down      *Error // of the first comment that begins a down section
	returned  bool   // down was returned
	commented bool   // a comment was read
	front     *front // of a file; nil for any other text
	ends      bool   // a marker was read that ends the statement before it
}

// NewReader starts at the beginning of src and skips a UTF-8 byte order mark.
func NewReader(src io.Reader) *Reader {
	r := &Reader{src: src, chunk: chunk}
	if text, ok := src.(interface{ Len() int }); ok { // in memory, and mostly short
		r.chunk = min(chunk, text.Len()+1)
	}
	r.fill(4)
	return r.begin()
}

// newFileReader is NewReader for a file, with the markers of migration tools. A Dump has none.
func newFileReader(src io.Reader) *Reader {
	if dump, ok := src.(Dump); ok {
		return NewReader(dump.Reader)
	}
	f := newFront(src)
	r := NewReader(f)
	r.front = f
	return r
}

// AtMarker reports whether a marker of a migration tool begins here. It is a comment in every
// dialect, because the tool removes it.
func (r *Reader) AtMarker() bool {
	if r.front == nil || !r.HasPrefix("--") {
		return false
	}
	r.lineAhead()
	return r.front.at(r.pos.Offset)
}

// newTextReader is NewReader for a text that is in memory: it needs no buffer beside it.
func newTextReader(text string) *Reader {
	r := &Reader{win: []byte(text), eof: true}
	return r.begin()
}

// begin looks for a byte order mark.
func (r *Reader) begin() *Reader {
	r.pos = Position{Line: 1, Column: 1}
	switch head := r.win; {
	case len(head) >= 3 && string(head[:3]) == "\xef\xbb\xbf":
		r.at, r.start = 3, 3
		r.pos.Offset = 3
	case len(head) >= 2 && (string(head[:2]) == "\xff\xfe" || string(head[:2]) == "\xfe\xff"):
		r.fail(Errorf(r.pos, "The file is UTF-16. Save it as UTF-8."))
	}
	return r
}

// NewTextReader starts at the beginning of a text that is in memory, such as one statement's.
func NewTextReader(text string) *Reader {
	return &Reader{win: []byte(text), eof: true, pos: Position{Line: 1, Column: 1}}
}

// Pos is the position of the next character.
func (r *Reader) Pos() Position { return r.pos }

// Err is the reason why reading ended before the end of the file: an *Error, or the source's own
// error.
func (r *Reader) Err() error { return r.err }

// Peek returns the byte n places ahead, 0 after the end; no script contains a 0 byte.
func (r *Reader) Peek(n int) byte {
	if r.at+n >= len(r.win) {
		r.fill(n + 1)
		if r.at+n >= len(r.win) {
			return 0
		}
	}
	return r.win[r.at+n]
}

// End reports whether nothing is left to read.
func (r *Reader) End() bool { return r.Peek(0) == 0 && r.at >= len(r.win) }

// HasPrefix reports whether the next bytes are s.
func (r *Reader) HasPrefix(s string) bool {
	r.fill(len(s))
	return len(r.win)-r.at >= len(s) && string(r.win[r.at:r.at+len(s)]) == s
}

// Advance skips n bytes, which must exist and end at the border of a character.
func (r *Reader) Advance(n int) {
	for n > 0 && r.err == nil {
		if plain := r.plain(n); plain > 0 {
			n -= plain
			continue
		}
		if r.Peek(0) == 0 {
			r.refuseZero()
			return
		}
		n -= r.step()
	}
}

// plain skips up to n ASCII characters that are already in memory.
func (r *Reader) plain(n int) int {
	run := r.win[r.at:min(r.at+n, len(r.win))]
	i := 0
	for ; i < len(run) && run[i] != 0 && run[i] < utf8.RuneSelf; i++ {
		if run[i] == '\n' {
			r.pos.Line++
			r.pos.Column = 0
		}
		r.pos.Column++
	}
	r.at += i
	r.pos.Offset += int64(i)
	r.checkLength()
	return i
}

// Line skips the rest of the line, without its line feed. It refuses a carriage return alone at the
// end of a line: to the server the line continues after it, so the file's next line would not run.
func (r *Reader) Line() error {
	var lone *Position
	for !r.End() && r.Peek(0) != '\n' {
		switch c := r.Peek(0); {
		case c == '\r' && lone == nil:
			pos := r.pos
			lone = &pos
		case c > ' ' && lone != nil:
			return Errorf(*lone,
				"A carriage return alone does not end a line, so what follows it would not run. "+
					"Save the file with line feeds (LF, or CR and LF).")
		}
		r.Advance(1)
	}
	return nil
}

// Through skips everything up to and including the next end, which begins with an ASCII character,
// and reports whether there was one.
func (r *Reader) Through(end string) bool {
	for !r.End() {
		ahead := r.win[r.at:]
		i := bytes.IndexByte(ahead, end[0])
		if i < 0 {
			r.Advance(len(ahead))
			continue
		}
		r.Advance(i)
		if r.HasPrefix(end) {
			r.Advance(len(end))
			return r.err == nil
		}
		r.Advance(1)
	}
	return false
}

// step skips one character that is not ASCII and returns its bytes.
func (r *Reader) step() int {
	r.fill(utf8.UTFMax)
	char, size := utf8.DecodeRune(r.win[r.at:])
	if char == utf8.RuneError && size == 1 {
		r.fail(Errorf(r.pos,
			"The file is not UTF-8 here. Save it as UTF-8; write binary data as a hexadecimal literal."))
		return 1
	}
	r.at += size
	r.pos.Offset += int64(size)
	r.pos.Column++
	r.checkLength()
	return size
}

func (r *Reader) checkLength() {
	if r.keep && r.at-r.start > MaxLength {
		r.fail(Errorf(r.pos, "The statement is longer than %d MiB. Split it into several.", MaxLength>>20))
	}
}

// refuseZero distinguishes a 0 byte from the end.
func (r *Reader) refuseZero() {
	if r.at < len(r.win) {
		r.fail(Errorf(r.pos,
			"The file contains a 0 byte: it is UTF-16 without a mark, or not text. Save it as UTF-8."))
	}
}

// mark starts to keep text at the current place; drop stops keeping.
func (r *Reader) mark() { r.start, r.keep = r.at, true }
func (r *Reader) drop() { r.start, r.keep = r.at, false }

// kept returns the text from mark to n bytes after it, valid until the reader moves.
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

// fill reads until n bytes are in memory or the source ends.
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
		if cap(r.win)-len(r.win) < r.chunk {
			grown := make([]byte, len(r.win), 2*cap(r.win)+r.chunk)
			copy(grown, r.win)
			r.win = grown
		}
		got, err := r.src.Read(r.win[len(r.win) : len(r.win)+r.chunk])
		r.win = r.win[:len(r.win)+got]
		if errors.Is(err, io.EOF) {
			r.eof = true
		} else if err != nil {
			r.fail(fmt.Errorf("read the script: %w", err))
		}
	}
}
