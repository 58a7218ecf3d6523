//go:build !linux

package sqlparse

// confine does nothing here: the bounds that are left are Go's own for its memory, and the parent's
// for the time.
func confine(uint64) error { return nil }
