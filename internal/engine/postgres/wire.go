package postgres

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"

	"towpath"
)

const (
	maxWords = 64 << 10 // bytes of an error or a notice as a whole; a longer one is cut field by field
	// bytes of a row of a script's SELECT, whose result is not used; a longer row is dropped
	maxDropped = 1 << 20
	maxAnswer  = 64 << 20 // bytes of any other message
)

// wire bounds the messages of a server: a committer decides how long an error, a notice or a row
// is, and the driver keeps each as a whole. The connection stays usable.
// https://www.postgresql.org/docs/current/protocol-message-formats.html
type wire struct {
	src     *bufio.Reader
	ready   []byte // of a message that was checked
	pass    int64  // bytes of the current message to pass on unchanged
	discard atomic.Bool
}

// wireKey is where a connection keeps its wire.
const wireKey = "towpath.wire"

// bounded connects.
func bounded(ctx context.Context, config *pgx.ConnConfig) (*pgx.Conn, error) {
	var w *wire
	config.MaxProtocolMessageBodyLen = maxAnswer
	config.BuildFrontend = func(src io.Reader, dst io.Writer) *pgproto3.Frontend {
		w = &wire{src: bufio.NewReaderSize(src, 8<<10)}
		return pgproto3.NewFrontend(w, dst)
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err == nil {
		conn.PgConn().CustomData()[wireKey] = w
	}
	return conn, err
}

// discarding marks that the coming rows are not used.
func (c *connection) discarding(on bool) {
	if w, ok := c.PgConn().CustomData()[wireKey].(*wire); ok {
		w.discard.Store(on)
	}
}

// Read implements io.Reader.
func (w *wire) Read(p []byte) (int, error) {
	for len(w.ready) == 0 && w.pass == 0 {
		if err := w.next(); err != nil {
			return 0, err
		}
	}
	if len(w.ready) > 0 {
		n := copy(p, w.ready)
		w.ready = w.ready[n:]
		return n, nil
	}
	n, err := w.src.Read(p[:min(int64(len(p)), w.pass)])
	w.pass -= int64(n)
	return n, err
}

// header is a message's kind and its length, which counts itself.
const header = 5

func (w *wire) next() error {
	head, err := w.src.Peek(header)
	if err != nil {
		return err // the bytes read so far stay for another try
	}
	kind, length := head[0], int64(binary.BigEndian.Uint32(head[1:]))
	words := kind == 'E' || kind == 'N'
	switch {
	case words && length > maxWords:
		return w.cut(kind)
	case kind == 'D' && length > maxDropped && w.discard.Load():
		_, err := io.CopyN(io.Discard, w.src, length+1)
		return err
	}
	w.pass = length + 1
	return nil
}

// cut shortens a long error or notice: a list of fields, each a letter and a text that ends with a
// 0 byte.
func (w *wire) cut(kind byte) error {
	if _, err := w.src.Discard(header); err != nil {
		return err
	}
	body := []byte{kind, 0, 0, 0, 0}
	for {
		field, err := w.src.ReadByte()
		if err != nil {
			return err
		}
		body = append(body, field)
		if field == 0 {
			break
		}
		text, err := w.text()
		if err != nil {
			return err
		}
		body = append(append(body, text...), 0)
	}
	binary.BigEndian.PutUint32(body[1:], uint32(len(body)-1))
	w.ready = body
	return nil
}

// text reads one field.
func (w *wire) text() (string, error) {
	var kept []byte
	for left := 0; ; {
		piece, err := w.src.ReadSlice(0)
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return "", err
		}
		ended := err == nil
		if ended {
			piece = piece[:len(piece)-1]
		}
		take := min(len(piece), towpath.MaxText+1-len(kept))
		kept, left = append(kept, piece[:take]...), left+len(piece)-take
		if ended {
			return towpath.ClipMore(string(kept), towpath.MaxText, left), nil
		}
	}
}
