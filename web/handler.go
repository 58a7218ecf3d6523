// Package web holds the console as files and serves them. The console itself, a client of the
// public API, is the TypeScript beside it.
package web

import (
	"bytes"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"
)

const missing = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Towpath</title>
<body><h1>Towpath</h1>
<p>This server was built without its console. Build it with <code>make build</code>, which needs
Node 20 and make, and start that program instead.</p>
<p>Everything else is here: <a href="/api/openapi.json">/api/openapi.json</a> describes the API.</p>
</body></html>
`

// built reports whether files are those of a console.
func built(files fs.FS) bool {
	_, err := fs.Stat(files, "index.html")
	return err == nil
}

// plain serves the page of a build without a console.
func plain() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if path.Ext(r.URL.Path) != "" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(missing)) // the client is gone if this fails
	})
}

// docsPolicy is the content security policy of the documentation, which needs less than the console.
const docsPolicy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; " +
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// console serves built files.
type console struct{ files fs.FS }

func handlerOf(files fs.FS) http.Handler {
	if !built(files) {
		return plain()
	}
	return console{files}
}

// ServeHTTP implements http.Handler. Files with a hash in their name may be kept for ever, all
// others are asked for again. The documentation has files for its pages, so an unknown one is not
// found.
func (c console) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "Only GET is possible here.", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	switch {
	case name == "docs" || strings.HasPrefix(name, "docs/"):
		name = docsFile(name)
		w.Header().Set("Content-Security-Policy", docsPolicy)
	case path.Ext(name) == "":
		name = "index.html"
	}
	cache := "no-cache"
	if strings.HasPrefix(name, "assets/") {
		cache = "public, max-age=31536000, immutable"
	}
	w.Header().Add("Vary", "Accept-Encoding")
	if body, err := fs.ReadFile(c.files, name+".gz"); err == nil && TakesGzip(r) {
		w.Header().Set("Content-Encoding", "gzip")
		c.send(w, r, name, cache, body)
		return
	}
	body, err := fs.ReadFile(c.files, name)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	c.send(w, r, name, cache, body)
}

// docsFile returns the file of an address of the documentation, whose pages have addresses without an
// ending.
func docsFile(name string) string {
	switch {
	case name == "docs":
		return "docs/index.html"
	case path.Ext(name) == "":
		return name + ".html"
	}
	return name
}

func (c console) send(w http.ResponseWriter, r *http.Request, name, cache string, body []byte) {
	w.Header().Set("Cache-Control", cache)
	if kind := mime.TypeByExtension(path.Ext(name)); kind != "" {
		w.Header().Set("Content-Type", kind)
	}
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(body))
}

// TakesGzip reports whether a client takes gzip. A coding with q=0 in Accept-Encoding is refused,
// https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3.
func TakesGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		coding, parameter, _ := strings.Cut(part, ";")
		if strings.TrimSpace(coding) != "gzip" {
			continue
		}
		weight, given := strings.CutPrefix(strings.TrimSpace(parameter), "q=")
		return !given || strings.Trim(weight, "0.") != ""
	}
	return false
}
