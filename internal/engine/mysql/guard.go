package mysql

import (
	"context"

	dialect "towpath/internal/dialect/mysql"
	"towpath/internal/engine"
	"towpath/internal/statement"
)

// ledgerSum summarizes the ledger's rows, without leases: their number and content. Only a
// procedure or a prepared text can change them, by SQL that it builds; other statements need no
// sum.
func (s *session) ledgerSum(ctx context.Context, st statement.Statement) (sum string, err error) {
	if !dialect.Composes(st) {
		return "", nil
	}
	have, err := facts(ctx, s.conn.Conn)
	if err != nil || len(have) == 0 || len(shape(have, hasSeals(have))) > 0 {
		return "a ledger of another shape", err
	}
	err = s.conn.QueryRowContext(ctx,
		"SELECT CONCAT(COUNT(*), ' ', COALESCE(BIT_XOR(CAST(CONV(LEFT(SHA2(CONCAT_WS(CHAR(0), "+
			"version, type, state, checksum, epoch, server_id, database_id, "+
			"statements_total, statements_done, intent, seal), 256), 15), 16, 10) AS UNSIGNED)), 0)) FROM "+
			s.db.ledger+" WHERE type <> 'lease'").Scan(&sum)
	return sum, err
}

// ledgerChanged is nil when two sums are equal. The change has committed by itself: it stays.
func ledgerChanged(before, after string) error {
	if before == after {
		return nil
	}
	return &engine.Error{Kind: engine.Refused, Message: "the statement has changed the table " + ledgerTable +
		", which belongs to the server. Its change remains: check the ledger before anything else runs"}
}
