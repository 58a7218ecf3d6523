package postgres

import (
	"testing"

	"towpath/internal/engine"
)

// A connection that is used again stays in the pool for its whole time, not for the rest of an earlier one.
func TestPool_aConnectionThatIsTakenDoesNotExpire(t *testing.T) {
	t.Parallel()
	var p pool
	conn, target := &connection{most: 8}, engine.Target{Address: "db", Database: "größe"}
	p.put(target, conn)
	if got := p.take(target); got != conn {
		t.Fatalf("the pool gave %v", got)
	}
	if conn.expiry.Stop() {
		t.Error("the time of a connection goes on that is not in the pool")
	}
	p.put(target, conn)
	if got := p.take(target); got != conn {
		t.Fatalf("the pool gave %v the second time", got)
	}
}
