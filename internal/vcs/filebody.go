package vcs

import (
	"context"
	"io"
	"net/http"
	"time"
)

const fileTimeouts = 10 // a file's bytes may take so many times the time-out of a call

// OpenFile sends a request for a file and returns its bytes. Its reader gives up when no byte has
// come for patience.
func OpenFile(
	ctx context.Context, op string, patience time.Duration,
	send func(context.Context) (*http.Response, error),
) (io.ReadCloser, error) {
	ctx, cancel := context.WithTimeout(ctx, fileTimeouts*patience)
	silence := time.AfterFunc(patience, cancel)
	resp, err := send(ctx)
	if err != nil {
		silence.Stop()
		cancel()
		return nil, err
	}
	return &fileBody{
		ReadCloser: resp.Body,
		op:         op,
		size:       resp.ContentLength,
		cancel:     cancel,
		silence:    silence,
		patience:   patience,
	}, nil
}

// fileBody ends its call when it is closed, and when no byte has come for as long as any other call
// may take.
type fileBody struct {
	io.ReadCloser
	op       string
	size     int64
	cancel   context.CancelFunc
	silence  *time.Timer
	patience time.Duration
}

// Read implements io.Reader. What breaks off is worth another try.
func (b *fileBody) Read(p []byte) (n int, err error) {
	b.silence.Reset(b.patience)
	n, err = b.ReadCloser.Read(p)
	b.silence.Stop() // whoever reads may take as long as it likes with what has come
	if err != nil && err != io.EOF {
		err = &Error{Kind: Unavailable, Op: b.op, Message: "the file stopped coming", Err: err}
	}
	return n, err
}

// Size is how many bytes there are, as far as the answer's head tells; -1 when it does not.
func (b *fileBody) Size() int64 { return b.size }

// Close implements io.Closer.
func (b *fileBody) Close() error {
	defer b.cancel()
	b.silence.Stop()
	return b.ReadCloser.Close()
}
