package history

import (
	"strconv"
	"strings"
	"time"
)

// isTrue and isFalse read a boolean as the engines write it. A text that is neither is not
// understood, and its row is unknown.
func isTrue(text string) bool {
	switch strings.ToLower(text) {
	case "t", "true", "1":
		return true
	}
	return false
}

func isFalse(text string) bool {
	switch strings.ToLower(text) {
	case "f", "false", "0":
		return true
	}
	return false
}

// flag is Applied for a true text, no for a false one, and else Unknown.
func flag(text string, no State) State {
	switch {
	case isTrue(text):
		return Applied
	case isFalse(text):
		return no
	}
	return Unknown
}

// layouts are the forms of times in PostgreSQL, MySQL and SQLite.
var layouts = []string{
	"2006-01-02 15:04:05.999999999Z07", "2006-01-02 15:04:05.999999999Z07:00",
	"2006-01-02 15:04:05.999999999 Z07:00", "2006-01-02 15:04:05.999999999",
	time.RFC3339Nano, "2006-01-02T15:04:05.999999999",
}

// moment reads a time; zero when the text is none. A time without a zone is taken for UTC, and a
// large number for milliseconds.
func moment(text string) time.Time {
	if ms, err := strconv.ParseInt(text, 10, 64); err == nil && ms > 1e12 && ms < 1e14 {
		return time.UnixMilli(ms).UTC()
	}
	for _, layout := range layouts {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC()
		}
	}
	return time.Time{}
}

// latest keeps the last entry of each key, in the order of the first ones.
func latest(entries []Entry, key func(Entry) string) (kept []Entry) {
	places := map[string]int{}
	for _, e := range entries {
		if i, known := places[key(e)]; known {
			kept[i] = e
			continue
		}
		places[key(e)] = len(kept)
		kept = append(kept, e)
	}
	return kept
}

func versionOf(e Entry) string { return e.Version }

func nameOf(e Entry) string { return e.Name }
