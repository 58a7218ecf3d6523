//go:build !noui

package web

import (
	"embed"
	"io/fs"
	"net/http"
)

//go:embed all:dist
var dist embed.FS

// Built reports whether this program holds the console. A build without Node does not.
func Built() bool {
	files, err := fs.Sub(dist, "dist")
	return err == nil && built(files)
}

// Handler serves the console: its files, and its one page for every other address without a file
// ending. Without a built console it serves a page that says so.
func Handler() http.Handler {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		return plain() // the name is a constant
	}
	return handlerOf(files)
}
