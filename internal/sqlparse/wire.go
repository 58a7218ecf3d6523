package sqlparse

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Parent and child speak frames: a length of four bytes and JSON. The child begins with an empty
// result when it is ready. A request is a list of texts. The child answers each text with a Result
// in order and at once, so that the parent knows on which one it failed.
const (
	maxRequest = 64 << 20 // bytes of a frame
	maxResult  = 16 << 20
)

// errTooLong says that a frame is longer than agreed.
var errTooLong = errors.New("a frame is too long")

func writeFrame(w *bufio.Writer, most int, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode a frame: %w", err)
	}
	if len(text) > most {
		return errTooLong
	}
	if err := binary.Write(w, binary.BigEndian, uint32(len(text))); err != nil {
		return fmt.Errorf("write a frame: %w", err)
	}
	if _, err := w.Write(text); err != nil {
		return fmt.Errorf("write a frame: %w", err)
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write a frame: %w", err)
	}
	return nil
}

// readFrame returns io.EOF, unwrapped, where the other side has ended between two frames.
func readFrame(r io.Reader, most int, v any) error {
	var length uint32
	if err := binary.Read(r, binary.BigEndian, &length); err != nil {
		return err //nolint:wrapcheck // io.EOF is the end of a conversation
	}
	if int64(length) > int64(most) {
		return errTooLong
	}
	text := make([]byte, length)
	if _, err := io.ReadFull(r, text); err != nil {
		return fmt.Errorf("read a frame: %w", err)
	}
	if err := json.Unmarshal(text, v); err != nil {
		return fmt.Errorf("decode a frame: %w", err)
	}
	return nil
}
