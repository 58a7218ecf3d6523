package sqlparse

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"runtime/debug"

	"towpath"
)

// memory is how many bytes a child may have. A MiB of SQL takes 300 MiB in the WebAssembly parser.
const memory = 1 << 30

// maxStack bounds recursion in Go. What the C parser recurses into has a bound of its own.
const maxStack = 128 << 20

// Serve is the life of a child process: it confines the process, reads requests from in and answers
// on out until in ends. It leaves the process unfit for anything else, and a hostile statement ends
// it.
func Serve(dialect towpath.EngineType, in io.Reader, out io.Writer) error {
	read, err := readers(dialect)
	if err != nil {
		return err
	}
	debug.SetMemoryLimit(memory * 3 / 4)
	debug.SetGCPercent(400) // a short life with little to keep
	debug.SetMaxStack(maxStack)
	if err := confine(memory); err != nil {
		return fmt.Errorf("confine the parser: %w", err)
	}
	parse(read, Text{Text: "SELECT 1"}) // a parser prepares itself when it is first used
	w := bufio.NewWriter(out)
	if err := writeFrame(w, maxResult, Result{}); err != nil {
		return err
	}
	requests, ended := make(chan []Text), make(chan error, 1)
	go func() { ended <- receive(in, requests) }()
	answered := make(chan error, 1)
	go func() { answered <- answer(read, requests, w) }()
	// The end of the input is the end of the process, even in the middle of a statement: the parent
	// may be gone.
	select {
	case err := <-ended:
		return err
	case err := <-answered:
		return err
	}
}

func receive(in io.Reader, requests chan<- []Text) error {
	r := bufio.NewReader(in)
	for {
		var texts []Text
		if err := readFrame(r, maxRequest, &texts); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		requests <- texts
	}
}

func answer(read reader, requests <-chan []Text, w *bufio.Writer) error {
	for texts := range requests {
		for _, t := range texts {
			err := writeFrame(w, maxResult, parse(read, t))
			if errors.Is(err, errTooLong) {
				err = writeFrame(w, maxResult, t.result(nil, &NotAnalyzed{Why: "its tree is too large"}))
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}
