package mysql

// The first statement of a transaction of ours, and the last one before its commit.
const (
	savepoint = "SAVEPOINT towpath"
	release   = "RELEASE SAVEPOINT towpath"
)

// unknownName is the server's number for a savepoint that does not exist.
const unknownName = 1305

const undone = "another node of the cluster changed the same rows, and the server undid the transaction"

// whole is a call in a cluster, and none elsewhere. A node can undo a transaction in favor of
// another node's between two of its statements, and run the rest, with the commit, in a new one
// without an error, as MariaDB 10.11.19 does. A savepoint that is made first and released last proves
// that they are one.
func (s *session) whole(text string) []call {
	if s.conn.node == "" {
		return nil
	}
	return []call{{text: text}}
}

// commit ends a transaction that began with a savepoint.
func (s *session) commit() []call {
	return append(s.whole(release), call{text: "COMMIT", commit: true})
}
