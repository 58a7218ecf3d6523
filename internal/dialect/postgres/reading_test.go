package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"towpath/internal/dialect/postgres"
	"towpath/internal/engine"
)

// fragments form scripts that the server can sometimes read, around the places where lexers differ.
var fragments = []string{
	"SELECT ", "SELECT 1", "; SELECT ", ";", ";\n", " ", "\n", "\r", "\t", "\f", "\v", "1", "1.5", "1e5",
	".5", "$1", "0x1F", "1_000", "'a'", "'a;b'", "''", "'", "E'", "e'\\'", "E'\\\\'", "'\\'", "U&'\\0041'",
	"U&'", "U&\"a\"", "N'", "n'x'", "B'1'", "B'", "X'1F'", "x'", "\\", "\\'", "--", "-- c\n", "-- '\r", "/*",
	"*/", "/* ; */", "/* /* ' */ */", "$$", "$a$", "$é$", "$A$", "$1$$", "a$b$", "$", "\"", "\"a;b\"", "\"\"",
	"é", "\u00a0", "\u2028", "x", "E", "U&", "+", "-", "*", "/", "<>", "||", "::text", "(", ")", ",", ".",
	" AS ", " AS end", " AS case", "CASE WHEN true THEN 1 END", " END", "\nEND", "; END", "BEGIN ATOMIC ",
	"CREATE FUNCTION f() RETURNS int ",
	"CREATE FUNCTION f(begin int) RETURNS int BEGIN ATOMIC SELECT 1; END",
	"CREATE RULE r AS ON INSERT TO t DO (", "DELETE FROM b", "CREATE TABLE begin (atomic int)", "UESCAPE '!'",
	" -- d\n 'b'", "\n'b\\'", "\n-- e\n'b'", "\r'b;'", "@@", "@-", "+--", "*/*", "\ufeff", "DO $$ ; $$",
	"INSERT INTO a VALUES ('b')", "\\restrict x\n",
}

func compose(picks []byte) string {
	var out strings.Builder
	for _, pick := range picks {
		out.WriteString(fragments[int(pick)%len(fragments)])
	}
	return out.String()
}

// values and blanks form scripts that the server can mostly read.
var (
	values = []string{
		"1", "1.5", ".5", "1e5", "'a'", "'a;b'", "''", "'it''s;'", "E'\\';'", "e'\\\\'", "'\\'",
		"U&'\\0041;'", "N'x;\\'", "B'1'", "X'1F'", "$$;$$", "$a$ $$;' $a$", "$é$;$é$", "$A$ $a$ ; $A$", "x",
		"\"a;b\"", "\"a\"\"b;\"", "a$b$", "é", "\u00a0", "E'a'\n'\\';'", "'a' -- c\r 'b;\\'",
		"U&'a'\n'b;\\\\'", "N'a'\r\n'\\'", "B'1'\n'0'", "'a'\n-- '\n'b;'", "CASE WHEN true THEN 1 END",
		"(SELECT 1)", "ARRAY[1]", "1::text", "x.y", "f(';')", "$1", "1 AS end", "1 AS case",
		"E'\\'' -- c\n'\\'' ", "'a''", "E'\\\\''b;'",
	}
	blanks = []string{
		" ", "\n", "\r", "\t", "\f", " -- c\n", " -- ';\r", "/* ; */", "/* /* ' */ ; */",
		"/**/", "/* $$ */", "--\r", "--;\n", " /*/* */ */", "/***/", "-- \\\n",
	}
	joints = []string{
		", ", ";", ";SELECT ", ", ", "+", "-", "||", "*", "<", "@", "; SELECT ",
		" AS b; SELECT ", ",", "/",
	}
)

// sensible alternates values, blanks and operators.
func sensible(picks []byte) string {
	out := strings.Builder{}
	out.WriteString("SELECT")
	for i, pick := range picks {
		list := [][]string{blanks, values, blanks, joints}[i%4]
		out.WriteString(list[int(pick)%len(list)])
	}
	return out.String()
}

// parsing is the server's answer to preparing a text.
type parsing int

const (
	unreadable parsing = iota // as SQL
	doubtful                  // it may have been read before an error
	one                       // statement, or none
	several
)

func prepare(ctx context.Context, conn *pgx.Conn, text string) (parsing, error) {
	_, err := conn.PgConn().Prepare(ctx, "", text, nil)
	var said *pgconn.PgError
	switch {
	case err == nil:
		return one, nil
	case !errors.As(err, &said):
		return unreadable, err
	case said.Code == "42601" &&
		said.Routine == "exec_parse_message": // which also complains about parameters
		return several, nil
	case said.Code == "42601" && said.Routine == "scanner_yyerror":
		return unreadable, nil
	case said.Code == "42601", strings.HasPrefix(said.Code, "22"), said.Code == "42602", said.Code == "0A000":
		return doubtful, nil
	}
	return one, nil // it was read, but has no meaning here
}

// difference compares our cuts with the server's own reading of the whole. asked is false for a
// text that cannot be read.
func difference(ctx context.Context, conn *pgx.Conn, script string) (why string, asked bool, err error) {
	if strings.Contains(script, "\x00") {
		return "", false, nil
	}
	pieces, cutErr := postgres.Cut(script)
	whole, err := prepare(ctx, conn, strings.TrimPrefix(script, "\ufeff"))
	if err != nil || whole == unreadable || whole == doubtful {
		return "", false, err
	}
	if cutErr != nil && strings.Contains(cutErr.Error(), "never closed") {
		return cutErr.Error(), true, nil
	}
	if cutErr != nil {
		return "", false, nil // refused on purpose
	}
	if (whole == several) != (len(pieces) > 1) {
		return fmt.Sprintf("%d pieces, and the server reads several: %v", len(pieces),
			whole == several), true, nil
	}
	for _, piece := range pieces {
		if got, err := prepare(ctx, conn, piece); err != nil || got == unreadable || got == several {
			return fmt.Sprintf("the piece %q is read as %d", piece, got), true, err
		}
	}
	return "", true, nil
}

func reader(t testing.TB) *pgx.Conn {
	t.Helper()
	target := server.Target()
	config, err := pgx.ParseConfig("sslmode=disable client_encoding=UTF8")
	if err != nil {
		t.Fatal(err)
	}
	host, port, err := engine.HostPort(target.Address, 5432)
	if err != nil {
		t.Fatal(err)
	}
	config.Host, config.Port, config.User, config.Password, config.Database = host, port, target.Username,
		target.Password, "postgres"
	conn, err := pgx.ConnectConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return conn
}

func TestSplit_cutsAsTheServerReads(t *testing.T) {
	t.Parallel()
	conn, random, asked := reader(t), rand.New(rand.NewPCG(1, 2)), 0
	for n := range 20_000 {
		picks := make([]byte, 1+random.IntN(12))
		for i := range picks {
			picks[i] = byte(random.IntN(len(fragments)))
		}
		script := "SELECT " + compose(picks)
		if n%2 == 0 {
			script = sensible(picks)
		}
		why, counts, err := difference(t.Context(), conn, script)
		if err != nil {
			t.Fatal(err)
		}
		if why != "" {
			t.Errorf("%q: %s", script, why)
		}
		if counts {
			asked++
		}
	}
	if asked < 5_000 {
		t.Errorf("only %d scripts can be read", asked)
	}
	t.Logf("%d scripts were read by both", asked)
}

// FuzzCuts runs on its own server: go test -fuzz FuzzCuts ./internal/dialect/postgres
func FuzzCuts(f *testing.F) {
	for i := range fragments {
		f.Add([]byte{0, byte(i), 3, 1}, "SELECT "+fragments[i]+"; SELECT 1")
	}
	conn := reader(f)
	f.Fuzz(func(t *testing.T, picks []byte, script string) {
		for _, text := range []string{"SELECT " + compose(picks), sensible(picks), script} {
			why, _, err := difference(t.Context(), conn, text)
			if err != nil {
				t.Fatal(err)
			}
			if why != "" {
				t.Errorf("%q: %s", text, why)
			}
		}
	})
}
