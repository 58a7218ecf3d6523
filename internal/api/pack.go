package api

import (
	"compress/gzip"
	"net/http"
	"strings"

	"towpath/web"
)

// packFrom is the size in bytes from which an answer is worth packing.
const packFrom = 4 << 10

// packed packs large JSON answers to GET requests with gzip, for clients that take it. A list of a
// thousand tasks becomes a twentieth of its size. How well an answer packs gives no secret away:
// answers to GET requests hold none.
func packed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || !web.TakesGzip(r) {
			next.ServeHTTP(w, r)
			return
		}
		p := &packer{ResponseWriter: w}
		next.ServeHTTP(p, r)
		p.close()
	})
}

// packer decides at the first Write, by which the encoder of JSON sends a whole answer.
type packer struct {
	http.ResponseWriter
	status  int // held back until the headers are known
	decided bool
	zip     *gzip.Writer // nil when the answer is sent as it is
}

// WriteHeader implements http.ResponseWriter.
func (p *packer) WriteHeader(status int) {
	if p.status == 0 {
		p.status = status
	}
}

// Write implements http.ResponseWriter.
func (p *packer) Write(b []byte) (int, error) {
	p.decide(len(b))
	if p.zip != nil {
		return p.zip.Write(b)
	}
	return p.ResponseWriter.Write(b)
}

func (p *packer) decide(size int) {
	if p.decided {
		return
	}
	p.decided = true
	h := p.Header()
	if size >= packFrom && strings.HasPrefix(h.Get("Content-Type"), "application/json") &&
		h.Get("Content-Encoding") == "" {
		h.Add("Vary", "Accept-Encoding")
		h.Set("Content-Encoding", "gzip")
		h.Del("Content-Length")
		p.zip, _ = gzip.NewWriterLevel(p.ResponseWriter, gzip.BestSpeed) // the level is valid
	}
	if p.status != 0 {
		p.ResponseWriter.WriteHeader(p.status)
	}
}

// close ends the answer.
func (p *packer) close() {
	p.decide(0)
	if p.zip != nil {
		_ = p.zip.Close() // the client is gone if this fails
	}
}

// Unwrap lets http.ResponseController reach the connection.
func (p *packer) Unwrap() http.ResponseWriter { return p.ResponseWriter }

// Flush implements http.Flusher, for streams of events.
func (p *packer) Flush() {
	p.decide(0)
	if p.zip != nil {
		_ = p.zip.Flush() // the next write has the error, too
	}
	_ = http.NewResponseController(p.ResponseWriter).Flush() // a stream ends with its connection
}
