package statement

import "bytes"

// token checks a token of the lexer that ends at an offset: no tool may cut it.
func (f *front) token(t Token, end int64) {
	f.pass(t.Pos.Offset)
	n := 0
	for ; n < len(f.seen) && f.seen[n].cut && f.seen[n].at < end; n++ {
		one := f.seen[n]
		comments := one.at == one.ifText.Pos.Offset && bytes.HasPrefix(t.Raw, []byte("$"))
		if one.at > t.Pos.Offset && !comments { // comments in the code of a function change nothing
			f.refuse(one.ifText)
		}
	}
	f.seen = f.seen[n:]
}

// pass forgets the markers before an offset: the lexer has not found them to be comments.
func (f *front) pass(offset int64) {
	n := 0
	for ; n < len(f.seen) && f.seen[n].at < offset; n++ {
		if e := f.seen[n].ifText; e != nil && !f.seen[n].cut {
			f.refuse(e)
		}
	}
	f.seen = f.seen[n:]
}

// at reports whether a marker begins at an offset.
func (f *front) at(offset int64) bool {
	f.pass(offset)
	for len(f.seen) > 0 && f.seen[0].cut && f.seen[0].at == offset {
		f.seen = f.seen[1:]
	}
	return len(f.seen) > 0 && f.seen[0].at == offset
}

// comment takes the marker that is a comment at an offset. It reports whether there is one, and
// whether the statement before it ends.
func (f *front) comment(offset int64) (ok, ends bool) {
	if !f.at(offset) {
		return false, false
	}
	one := f.seen[0]
	f.seen = f.seen[1:]
	if one.ifComment != nil {
		f.refuse(one.ifComment)
	}
	return true, one.ends
}

// due returns the refusals that are certain once the lexer has read up to an offset.
func (f *front) due(offset int64) []*Error {
	f.pass(offset)
	due := f.errs[min(f.told, len(f.errs)):]
	f.told = len(f.errs)
	return due
}

// markers returns the refusals of markers that are certain by now.
func (r *Reader) markers() []*Error {
	if r.front == nil {
		return nil
	}
	return r.front.due(r.pos.Offset)
}

// lineAhead reads to the end of the line, where the front knows whether it is a marker.
func (r *Reader) lineAhead() {
	for n := maxMarker; r.front != nil && !r.eof && n <= 2*maxMarkerLine; n *= 2 {
		r.fill(n)
		if bytes.IndexByte(r.win[r.at:min(r.at+n, len(r.win))], '\n') >= 0 {
			return
		}
	}
}

// ended reports whether a marker or a tool's delimiter ends the statement whose text is end bytes
// long, in the comments and blanks that were read since. There is none when none was found.
func (r *Reader) ended(found bool, end int) bool {
	ends := r.ends
	r.ends = false
	if !found || r.front == nil {
		return false
	}
	delimiter := r.front.delimiter
	return ends || delimiter != "" && bytes.Contains(r.kept(end, r.length()), []byte(delimiter))
}

// lineEnd follows the words of a line, to say whether the last one before a comment ends with a
// semicolon.
type lineEnd struct {
	inWord, comment bool
	dash            bool // the word so far is one dash
	last, before    byte // of the current or last word, and of the one before it
}

func (l *lineEnd) add(p []byte) {
	for _, c := range p {
		switch {
		case l.comment:
			return
		case c == ' ' || '\t' <= c && c <= '\r':
			l.inWord = false
		case !l.inWord:
			l.inWord, l.dash = true, c == '-'
			l.before, l.last = l.last, c
		default:
			if l.comment = l.dash && c == '-'; l.comment {
				l.last = l.before
			} else {
				l.dash, l.last = false, c
			}
		}
	}
}

func (l *lineEnd) semicolon() bool { return l.last == ';' }
