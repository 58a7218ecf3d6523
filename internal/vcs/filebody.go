package vcs

import (
	"context"
	"io"
	"net/http"
	"time"
)

const fileTimeouts = 10 // a file's bytes may take this many times the time-out of a call

// OpenFile sends a request for a file and returns its bytes. Its reader fails when no byte has
// arrived for patience.
func OpenFile(
	ctx context.Context, op string, patience time.Duration,
	send func(context.Context) (*http.Response, error),
) (io.ReadCloser, error) {
	ctx, stop := context.WithTimeout(ctx, fileTimeouts*patience)
	ctx, silent := context.WithCancelCause(ctx)
	cancel := func() { silent(nil); stop() }
	silence := time.AfterFunc(patience, func() { silent(context.DeadlineExceeded) })
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

// fileBody cancels its call when it is closed, and when no byte has arrived within the time-out of
// a call.
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
	b.silence.Stop() // the reader may take as long as it likes with the received bytes
	if err != nil && err != io.EOF {
		err = &Error{Kind: Unavailable, Op: b.op, Message: "the file stopped coming", Err: err}
	}
	return n, err
}

// Size is the number of bytes by the answer's header; -1 when it has none.
func (b *fileBody) Size() int64 { return b.size }

// Close implements io.Closer.
func (b *fileBody) Close() error {
	defer b.cancel()
	b.silence.Stop()
	return b.ReadCloser.Close()
}
