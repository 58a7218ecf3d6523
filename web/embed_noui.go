//go:build noui

package web

import "net/http"

// Handler serves a page that says that this build has no console.
func Handler() http.Handler { return plain() }
