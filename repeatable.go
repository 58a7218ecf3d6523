package towpath

import (
	"crypto/sha256"
	"encoding/hex"
	"path"
	"strconv"
	"strings"
)

// TypeRepeatable is a migration without a version: a view, a function, data that is upserted. It runs
// again in each database whenever its text differs from the one that was applied there last.
const TypeRepeatable ChangeType = "repeatable"

// RepeatableID identifies a file of TypeRepeatable by its name: its description, or its path when it
// has none. Every version of a file begins with a digit, so this one compares as newer than all.
func RepeatableID(name string) MigrationID {
	sum := sha256.Sum256([]byte(name))
	return MigrationID{Version: "r." + hex.EncodeToString(sum[:8]), Type: TypeRepeatable}
}

// Application identifies the nth application of a repeatable migration in a database, from 1. Each has
// a row of its own in the ledger, so a text that comes back runs again.
func (id MigrationID) Application(n int) MigrationID {
	id = id.File()
	id.Version += "." + strconv.Itoa(n)
	return id
}

// File identifies the file of a migration. Only for a repeatable migration it differs from the
// migration itself, which has a number that databases do not share.
func (id MigrationID) File() MigrationID {
	if id.Type == TypeRepeatable && strings.Count(id.Version, ".") > 1 {
		id.Version = id.Version[:strings.LastIndexByte(id.Version, '.')]
	}
	return id
}

// ApplicationNumber returns n of an identity that Application returned; 0 for any other.
func (id MigrationID) ApplicationNumber() int {
	if id.Type != TypeRepeatable || id.File() == id {
		return 0
	}
	n, err := strconv.Atoi(id.Version[strings.LastIndexByte(id.Version, '.')+1:])
	if err != nil {
		return 0
	}
	return n
}

// RepeatableLabel is what people call a repeatable migration, in place of a version.
func RepeatableLabel(file string) string {
	return ClipRunes(strings.TrimSuffix(path.Base(file), path.Ext(file)), 80)
}

// Label is what people call a row of the ledger: its version, the one that it undoes, or the name of a
// repeatable migration.
func (e LedgerEntry) Label() string {
	if e.Type == TypeRepeatable {
		return RepeatableLabel(e.Path)
	}
	if of, _, ok := e.Undoes(); ok {
		return of.Version
	}
	return e.Version
}
