// Package seal detects changes to a ledger that the server did not make. Users of a target can
// write to the ledger, and some migrations can too, but neither can compute a seal. See
// docs/adr/0010-sealed-ledgers.md.
package seal

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"math/bits"
	"strings"
	"time"

	"towpath"
	"towpath/internal/secret"
)

// Keys make and check seals. They are safe for concurrent use.
type Keys struct {
	list []key // the first one makes seals
}

type key struct {
	id  string
	row []byte // for the seals of rows
	sum []byte // for the parts of the sum, which never leave the server
}

// NewKeys derives keys from the keys of the key file.
func NewKeys(k *secret.Keyring) *Keys {
	rows, sums := k.DeriveAll("ledger row"), k.DeriveAll("ledger sum")
	keys := &Keys{}
	for i, d := range rows {
		keys.list = append(keys.list, key{id: d.KeyID, row: d.Key, sum: sums[i].Key})
	}
	return keys
}

// maker computes seals with one key. It is not safe for concurrent use.
type maker struct {
	id       string
	row, sum hash.Hash
	buffer   []byte
}

func (k key) maker() *maker {
	return &maker{id: k.id, row: hmac.New(sha256.New, k.row), sum: hmac.New(sha256.New, k.sum)}
}

// seal computes the seal of a row from all of its fields except the seal itself.
func (m *maker) seal(e towpath.LedgerEntry) string {
	b := m.buffer[:0]
	for _, text := range []string{
		e.Version, string(e.Type), string(e.State), e.Description, e.Path, e.Checksum, e.Commit, e.ServerID,
		e.DatabaseID, e.Intent,
	} {
		b = append(binary.BigEndian.AppendUint64(b, uint64(len(text))), text...)
	}
	for _, n := range []int64{
		e.Number, e.Epoch, int64(e.StatementsTotal), int64(e.StatementsDone),
		e.StartedAt.UnixMicro(), moment(e.FinishedAt),
	} {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	if e.FinishedAt != nil {
		b = append(b, 1)
	}
	m.buffer = b
	m.row.Reset()
	m.row.Write(b)
	return m.id + ":" + hex.EncodeToString(m.row.Sum(nil))
}

func moment(at *time.Time) int64 {
	if at == nil {
		return 0
	}
	return at.UnixMicro()
}

// sum is a 256-bit number. It does not depend on the order of rows, and can be updated for a single
// changed row.
type sum [4]uint64

func (s sum) plus(t sum) (r sum) {
	var carry uint64
	for i := range s {
		r[i], carry = bits.Add64(s[i], t[i], carry)
	}
	return r
}

func (s sum) minus(t sum) (r sum) {
	var borrow uint64
	for i := range s {
		r[i], borrow = bits.Sub64(s[i], t[i], borrow)
	}
	return r
}

// part returns what a row with this seal adds to the sum. The seals themselves are unsuitable,
// since a few thousand of them could be combined to any sum.
func (m *maker) part(seal string) (s sum) {
	m.sum.Reset()
	m.sum.Write([]byte("row\x00" + seal))
	mac := m.sum.Sum(nil)
	for i := range s {
		s[i] = binary.BigEndian.Uint64(mac[8*i:])
	}
	return s
}

// total returns the hash of the sum, which the head stores. It does not reveal the sum.
func (m *maker) total(s sum) string {
	b := []byte("sum\x00")
	for _, word := range s {
		b = binary.BigEndian.AppendUint64(b, word)
	}
	m.sum.Reset()
	m.sum.Write(b)
	return hex.EncodeToString(m.sum.Sum(nil))
}

// keyOf returns the id of the key that a seal was made with; "" when it is not a seal.
func keyOf(seal string) string {
	id, _, ok := strings.Cut(seal, ":")
	if !ok {
		return ""
	}
	return id
}
