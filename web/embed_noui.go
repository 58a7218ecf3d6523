//go:build noui

package web

import "net/http"

// Built reports that there is no console.
func Built() bool { return false }

// Handler serves a page that says that this build has no console.
func Handler() http.Handler { return plain() }
