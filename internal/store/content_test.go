package store_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"towpath"
	"towpath/internal/store"
)

const part = 1 << 20

// longText is n bytes without two equal parts.
func longText(n int) []byte {
	text := []byte{}
	for line := 0; len(text) < n; line++ {
		text = fmt.Appendf(text, "INSERT INTO a VALUES (%d);\n", line)
	}
	return text[:n]
}

func sumOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func countParts(t *testing.T, s *store.Store) (n int) {
	t.Helper()
	read(t, s, func(ctx context.Context, tx *store.Tx) error {
		rows, err := tx.Query(ctx, "SELECT count(*) FROM content_part")
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // rows.Err returns the error that matters
		for rows.Next() {
			if err := rows.Scan(&n); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	return n
}

func TestContent_ofAnyLengthReadsAsItWasKept(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		for _, n := range []int{0, 1, part - 1, part, part + 1, 2 * part, 3*part + 7} {
			t.Run(fmt.Sprint(n, " bytes"), func(t *testing.T) {
				text := longText(n)
				checksum, size, err := s.KeepContent(t.Context(), iotest.HalfReader(bytes.NewReader(text)))
				if err != nil || checksum != sumOf(text) || size != int64(n) {
					t.Fatalf("kept %d bytes as %s (%v)", size, checksum, err)
				}
				write(t, s,
					func(ctx context.Context, tx *store.Tx) error {
						return tx.PutContent(ctx, "put "+checksum,
							text)
					})
				for _, checksum := range []string{checksum, "put " + checksum} {
					c, err := s.OpenContent(t.Context(), checksum)
					if err != nil {
						t.Fatal(err)
					}
					if err := iotest.TestReader(c.Reader(), text); err != nil {
						t.Error(err)
					}
					read(t, s, func(ctx context.Context, tx *store.Tx) error {
						whole, err := tx.Content(ctx, checksum)
						head, size, headErr := tx.ContentHead(ctx, checksum)
						if !bytes.Equal(whole, text) || !bytes.Equal(head, text[:min(n, part)]) ||
							size != int64(n) {
							t.Errorf("%d bytes as a whole, %d of %d at the head, want %d", len(whole),
								len(head), size, n)
						}
						return errors.Join(err, headErr)
					})
				}
			})
		}
	})
}

func TestKeepContent_keepsTheSameOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		for range 2 {
			if _, _, err := s.KeepContent(t.Context(), bytes.NewReader(longText(2*part+1))); err != nil {
				t.Fatal(err)
			}
		}
		if n := countParts(t, s); n != 3 {
			t.Errorf("%d parts are kept, want 3", n)
		}
	})
}

func TestKeepContent_leavesNothingOfAFailure(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		broken := errors.New("broken")
		src := io.MultiReader(bytes.NewReader(longText(2*part+1)), iotest.ErrReader(broken))
		if _, _, err := s.KeepContent(t.Context(), src); !errors.Is(err, broken) {
			t.Errorf("got %v", err)
		}
		if n := countParts(t, s); n != 0 {
			t.Errorf("%d parts are left", n)
		}
	})
}

func TestContent_thatIsIncompleteIsGarbage(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		c := stopClock(s)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			if err := tx.Exec(ctx,
				"INSERT INTO content (id, checksum, put_at, size) VALUES ('x', 'x', $1, 9)",
				tx.Now.UnixMicro()); err != nil {
				return err
			}
			return tx.Exec(ctx, "INSERT INTO content_part (content_id, position, bytes) VALUES ('x', 0, $1)",
				[]byte("beginning"))
		})
		c.advance(30 * time.Hour)
		write(t, s,
			func(ctx context.Context, tx *store.Tx) error {
				return tx.PruneContents(ctx,
					tx.Now.Add(-24*time.Hour))
			})
		if n := countParts(t, s); n != 0 {
			t.Errorf("%d parts are left", n)
		}
	})
}

func TestMigrations_splitContentsIntoParts(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		p := s.Migrations(t)
		if _, err := p.DownTo(t.Context(), 3); err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{0, 5, part, 2*part + 5} {
			text := longText(n)
			write(t, s, func(ctx context.Context, tx *store.Tx) error {
				return tx.Exec(ctx, "INSERT INTO content (checksum, put_at, bytes) VALUES ($1, 1, $2)",
					sumOf(text), text)
			})
		}
		if _, err := p.Up(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantKept(t, s, 0, 5, part, 2*part+5)
		if _, err := p.DownTo(t.Context(), 3); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Up(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantKept(t, s, 0, 5, part)
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			if _, err := tx.Content(ctx,
				sumOf(longText(2*part+5))); towpath.ErrorCode(err) != towpath.CodeNotFound {
				t.Errorf("half of a content is kept (%v)", err)
			}
			return nil
		})
	})
}

func wantKept(t *testing.T, s *store.Store, lengths ...int) {
	t.Helper()
	read(t, s, func(ctx context.Context, tx *store.Tx) error {
		for _, n := range lengths {
			if text, err := tx.Content(ctx, sumOf(longText(n))); err != nil ||
				!bytes.Equal(text, longText(n)) {
				t.Errorf("%d bytes of %d (%v)", len(text), n, err)
			}
		}
		return nil
	})
}

func TestPlainTexts_findTextsWithOtherLineEnds(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		lf, _, err := s.KeepContent(t.Context(), strings.NewReader("CREATE TABLE a (id INT);\nSELECT 1;\n"))
		if err != nil {
			t.Fatal(err)
		}
		blanks, _, err := s.KeepContent(t.Context(),
			strings.NewReader("CREATE TABLE a (id INT);  \nSELECT 1;"))
		if err != nil {
			t.Fatal(err)
		}
		other, _, err := s.KeepContent(t.Context(), strings.NewReader("CREATE TABLE a (id INT); SELECT 1;\n"))
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256([]byte("CREATE TABLE a (id INT);\r\nSELECT 1;\r\n"))
		neverKept := hex.EncodeToString(sum[:])
		asked := []string{lf, blanks, other, neverKept, "unknown"}
		for n := range 200 { // more than one statement looks up
			asked = append(asked, fmt.Sprint("unknown ", n))
		}
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			plain, err := tx.PlainTexts(ctx, asked)
			if err != nil {
				return err
			}
			if plain[lf] == "" || plain[lf] != plain[blanks] || plain[lf] != plain[neverKept] ||
				plain[lf] == plain[other] {
				t.Errorf("plain texts are %v", plain)
			}
			if len(plain) != 4 {
				t.Errorf("%d plain texts, want 4", len(plain))
			}
			return nil
		})
	})
}
