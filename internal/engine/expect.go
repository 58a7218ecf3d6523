package engine

import "towpath"

// Expecter is an optional interface of a Session: a transaction asks no question whose answer is known,
// and so its first statement needs no round trip of its own.
type Expecter interface {
	// ExpectNone makes the server end the transaction, before anything else of it runs, unless the ledger
	// has no row with this identity. It is sent together with the next call, whose error then reports it:
	// an *Error with Kind Unexpected. Call it in a transaction only.
	ExpectNone(id towpath.MigrationID)
}
