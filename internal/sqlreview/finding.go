// Package sqlreview judges what a change will do to a database before it runs: which locks it
// takes, what it loses, what can fail. It decides by its arguments alone.
package sqlreview

import (
	"fmt"
	"slices"

	"towpath"
)

// Level is how much a finding matters.
type Level = towpath.ReviewLevel

// The levels, the gravest first. Off keeps a rule from running.
const (
	Error   = towpath.ReviewError
	Warning = towpath.ReviewWarning
	Info    = towpath.ReviewInfo
	Off     = towpath.ReviewOff
)

// Finding is something that a rule says about a place of a file.
type Finding struct {
	Rule    string `json:"rule"`
	Level   Level  `json:"level"`
	Path    string `json:"path"`
	Line    int    `json:"line"`   // from 1
	Column  int    `json:"column"` // in characters, from 1
	Message string `json:"message"`
	Fix     string `json:"fix,omitempty"` // SQL that does the same safely, ready to copy
}

// NotAnalyzed is a statement that no rule has seen.
type NotAnalyzed struct {
	Path string `json:"path"`
	Line int    `json:"line"`
	Why  string `json:"why"`
}

// Dialect is a dialect of SQL: that of an engine.
type Dialect = towpath.EngineType

// The dialects. MySQL is MariaDB's too; Server tells them apart.
const (
	PostgreSQL = towpath.EnginePostgres
	MySQL      = towpath.EngineMySQL
	SQLite     = towpath.EngineSQLite
)

// Server is the kind of server that a change is for.
type Server struct {
	Dialect Dialect
	MariaDB bool
	Version Version
}

// Version is a server's version, such as 15.4 or 10.11.19. The zero value is unknown, and a review
// takes it for a current one.
type Version struct{ Major, Minor, Patch int }

// String formats the version with the parts that it has.
func (v Version) String() string {
	if v.Patch > 0 {
		return fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch)
	}
	return fmt.Sprintf("%d.%d", v.Major, v.Minor)
}

// Before reports whether the server is older than the given version. An unknown one is not.
func (v Version) Before(major, minor, patch int) bool {
	return v != Version{} && slices.Compare([]int{v.Major, v.Minor, v.Patch}, []int{major, minor, patch}) < 0
}

// ParseVersion reads a version as servers write it: 15.4 (Debian 15.4-1), 10.11.19-MariaDB, 8.0.36.
func ParseVersion(dialect Dialect, text string) (Server, error) {
	s := Server{Dialect: dialect}
	if n, _ := fmt.Sscanf(text, "%d.%d.%d", &s.Version.Major, &s.Version.Minor, &s.Version.Patch); n == 0 {
		return s, fmt.Errorf("%q is no version: write it as 15.4 or 10.11.19", text)
	}
	// MySQL has not come to version 10, and MariaDB has left the lower ones behind.
	s.MariaDB = dialect == MySQL && s.Version.Major >= 10
	return s, nil
}
