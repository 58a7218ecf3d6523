package sqlparse_test

import (
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	driver "github.com/go-sql-driver/mysql"

	"towpath"
	"towpath/internal/dialect/mysql"
	"towpath/internal/statement"
)

// prepared is what a server says of a statement that it compiles and does not run.
type prepared int

const (
	fine   prepared = iota
	wrong           // it is no SQL
	failed          // it is SQL, and something is missing or cannot be
)

const syntaxError = 1064

// prepare asks MariaDB, in the mode that the reader assumes.
func prepare(t *testing.T, db *sql.DB, text string) (prepared, error) {
	t.Helper()
	s, err := db.PrepareContext(t.Context(), text)
	if err == nil {
		return fine, s.Close()
	}
	var said *driver.MySQLError
	switch {
	case !errors.As(err, &said):
		t.Fatalf("%s: %v", text, err)
	case said.Number == syntaxError:
		return wrong, err
	}
	return failed, err
}

func connect(t *testing.T) *sql.DB {
	t.Helper()
	target := server.Database(t)
	config := driver.NewConfig()
	config.Net, config.Addr, config.DBName = "tcp", target.Address, target.Database
	config.User, config.Passwd = target.Username, target.Password
	config.Params = map[string]string{"sql_mode": "''"}
	connector, err := driver.NewConnector(config)
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(connector)
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// What the reader calls a syntax error, the server refuses; what the reader reads, the server
// prepares. The statements are the corpus, generated ones, and both with one token changed.
func TestMySQL_agreesWithTheServer(t *testing.T) {
	t.Parallel()
	db := connect(t)
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same statements each time
	var valid []string
	for _, text := range corpus(t, towpath.EngineMySQL) {
		valid = append(valid, text.Text)
	}
	given := len(valid) // of which some are for MySQL alone
	for range 400 {
		valid = append(valid, generated(random))
	}
	var read, unread int
	for i, text := range valid {
		said, err := prepare(t, db, text)
		r := parsed(t, towpath.EngineMySQL, text)
		switch {
		case said == wrong:
			if i >= given {
				t.Errorf("%s: the server says %v", text, err)
			}
		case r.SyntaxError != nil:
			t.Errorf("%s: %s, and the server has read it", text, r.SyntaxError.Message)
		case r.NotAnalyzed != nil:
			unread++
			t.Logf("unread: %s: %s", text, r.NotAnalyzed.Why)
		default:
			read++
		}
	}
	if 100*unread > read {
		t.Errorf("%d statements that the server reads are unread, and %d are read", unread, read)
	}
	changedStatements(t, db, random, append(valid, goldens(t, towpath.EngineMySQL)...))
}

func changedStatements(t *testing.T, db *sql.DB, random *rand.Rand, valid []string) {
	t.Helper()
	const most = 3000
	refused, missed, asked, alarms := 0, 0, 0, 0
	for range most {
		text := changed(t, random, valid[random.IntN(len(valid))])
		if text == "" {
			continue
		}
		asked++
		said, err := prepare(t, db, text)
		r := parsed(t, towpath.EngineMySQL, text)
		switch {
		case said == fine && r.SyntaxError != nil:
			alarms++
			t.Logf("%s: %s, and the server has read it", text, r.SyntaxError.Message)
		case said == wrong:
			refused++
			if len(r.Statements) > 0 {
				missed++
				t.Logf("%s: is read, and the server says %v", text, err)
			}
		}
	}
	t.Logf("%d of %d are no SQL, %d of those were read, and %d others were refused",
		refused, asked, missed, alarms)
	if 1000*alarms > asked {
		t.Errorf("%d of %d statements are syntax errors and are read by the server", alarms, asked)
	}
	if refused < most/3 || 100*missed > 6*refused {
		t.Errorf("%d of %d statements that are no SQL were read", missed, refused)
	}
}

// changed is a statement with one token left out, doubled, replaced by another one of it, or with a
// letter less; "" where no single statement without conditional parts comes of it.
func changed(t *testing.T, random *rand.Rand, text string) string {
	t.Helper()
	var tokens [][2]int
	for token, err := range statement.Tokens(text, mysql.Reader().Lexer()) {
		if err != nil || strings.HasPrefix(string(token.Raw), "/*") {
			return ""
		}
		from := int(token.Pos.Offset)
		tokens = append(tokens, [2]int{from, from + len(token.Raw)})
	}
	at, other := tokens[random.IntN(len(tokens))], tokens[random.IntN(len(tokens))]
	word := text[other[0]:other[1]]
	switch random.IntN(4) {
	case 0:
		text = text[:at[0]] + text[at[1]:]
	case 1:
		text = text[:at[1]] + " " + word + " " + text[at[1]:]
	case 2:
		text = text[:at[0]] + word + text[at[1]:]
	default:
		if at[1]-at[0] < 3 {
			return ""
		}
		text = text[:at[0]+1] + text[at[0]+2:]
	}
	if strings.Contains(text, ";") {
		return ""
	}
	return text
}

// generated is a statement of many parts that servers have, which need not fit together.
func generated(random *rand.Rand) string {
	one := func(of ...string) string { return of[random.IntN(len(of))] }
	column := func() string { return one("a", "b", "c", "`select`", "t.a", "`ü`") }
	var expression func(int) string
	expression = func(depth int) string {
		if depth <= 0 {
			return one(column(), "1", "-1.5e3", "'x'", "NULL", "TRUE", "x'41'", "_utf8mb4'x'", "@v", "CURRENT_TIMESTAMP",
				"NOW(3)", "DATE '2030-01-01'", "0x41", "'a' 'b'")
		}
		x, y := expression(depth-1), expression(depth-2)
		return one(
			"("+x+" "+one("+", "-", "*", "/", "DIV", "%", "|", "&", "<<", "^", "||")+" "+y+")",
			"("+x+" "+one("=", "<>", "<", ">=", "<=>", "!=")+" "+y+")",
			"("+x+" "+one("AND", "OR", "XOR", "&&")+" "+y+")",
			"(NOT "+x+")", "("+x+" IS NOT NULL)", "("+x+" BETWEEN "+y+" AND "+y+")",
			"("+x+" NOT IN ("+y+", 1, 2))", "("+x+" LIKE '%x' ESCAPE '!')", "("+x+" REGEXP 'a')",
			one("lower", "concat", "coalesce", "if", "nullif")+"("+x+", "+y+", 1)",
			"CASE WHEN "+x+" THEN "+y+" ELSE 1 END", "CASE "+x+" WHEN 1 THEN "+y+" END",
			"CAST("+x+" AS "+one("SIGNED", "CHAR(5)", "DECIMAL(5,2)", "DATETIME(3)")+")",
			"CONVERT("+x+" USING utf8mb4)", "DATE_ADD("+x+", INTERVAL "+y+" "+one("DAY", "HOUR_SECOND")+")",
			"("+x+" + INTERVAL 1 MONTH)", "EXISTS (SELECT 1 FROM t WHERE "+x+")",
			"COUNT(DISTINCT "+x+")", "GROUP_CONCAT("+x+" ORDER BY "+y+" DESC SEPARATOR ',')",
			"ROW_NUMBER() OVER (PARTITION BY "+x+" ORDER BY "+y+")", "EXTRACT(YEAR FROM "+x+")",
			"TRIM(BOTH 'x' FROM "+x+")", "SUBSTRING("+x+" FROM 1 FOR 2)", "("+x+" COLLATE utf8mb4_bin)",
			"("+x+" = ANY (SELECT "+y+"))", "(SELECT "+x+" LIMIT 1)", "MATCH (a, b) AGAINST ('x' IN BOOLEAN MODE)",
		)
	}
	kind := func() string {
		return one("INT", "BIGINT(20) UNSIGNED", "VARCHAR(20) CHARACTER SET utf8mb4", "DECIMAL(10,2)", "DATETIME(3)",
			"ENUM('a','b')", "TEXT", "JSON", "TINYINT(1)", "BOOLEAN", "DOUBLE PRECISION", "NATIONAL CHAR(5)",
			"TIMESTAMP", "POINT", "LONGBLOB", "YEAR", "BIT(3)", "CHAR(5) BINARY", "SET('x')")
	}
	attributes := func() string {
		if random.IntN(5) == 0 {
			return one("", " GENERATED ALWAYS") + " AS (a + 1)" + one("", " STORED", " VIRTUAL")
		}
		text := one("", " DEFAULT 1", " DEFAULT (a + 1)", " AUTO_INCREMENT",
			" DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3)")
		for range random.IntN(3) {
			text += " " + one("NOT NULL", "NULL", "COMMENT 'it''s'", "UNIQUE KEY", "COLLATE utf8mb4_bin", "INVISIBLE")
		}
		return text + one("", " CHECK (a > 1)", " REFERENCES u (a) ON DELETE CASCADE")
	}
	definition := func() string { return one("a", "b", "`c d`") + " " + kind() + attributes() }
	key := func() string {
		return one("PRIMARY KEY (a)", "UNIQUE KEY u (a, b DESC)", "KEY (a(5))", "INDEX k USING BTREE (a) COMMENT 'k'",
			"FULLTEXT KEY f (b)", "CONSTRAINT f FOREIGN KEY (a) REFERENCES u (b) ON UPDATE SET NULL",
			"CONSTRAINT CHECK (a > 0)", "CONSTRAINT c CHECK ("+expression(1)+")", "SPATIAL INDEX (a)")
	}
	action := func() string {
		return one("ADD COLUMN "+definition()+one("", " FIRST", " AFTER b"), "ADD "+key(),
			"ADD ("+definition()+", "+definition()+")", "MODIFY a INT NOT NULL", "CHANGE a b "+kind()+" COMMENT 'x' FIRST", "DROP COLUMN a",
			"DROP KEY k", "DROP PRIMARY KEY", "DROP FOREIGN KEY f", "ALTER a SET DEFAULT 5", "ALTER a DROP DEFAULT",
			"RENAME TO u", "RENAME COLUMN a TO b", "RENAME KEY k TO l", "ENGINE = InnoDB", "CONVERT TO CHARACTER SET utf8mb4",
			"ALGORITHM=INPLACE", "LOCK=NONE", "COMMENT 'x'", "FORCE", "AUTO_INCREMENT = 5",
			"DROP CONSTRAINT c", "DISABLE KEYS", "ROW_FORMAT DYNAMIC")
	}
	query := func() string {
		return fmt.Sprintf("SELECT %s, %s AS x FROM t %s WHERE %s%s", expression(2), expression(1),
			one("", "AS x", "LEFT JOIN u ON t.a = u.a", "JOIN u USING (a)", ", u", "JOIN (SELECT 1 AS a) d"),
			expression(2), one("", " GROUP BY a HAVING a > 1", " ORDER BY a DESC LIMIT 5 OFFSET 1", " FOR UPDATE",
				" UNION ALL SELECT 1, 2", " LIMIT 1, 2"))
	}
	switch random.IntN(8) {
	case 0:
		return "CREATE TABLE " + one("", "IF NOT EXISTS ") + "t (" + definition() + ", " + definition() + ", " + key() + ")" +
			one("", " ENGINE=InnoDB", " COMMENT='x' DEFAULT CHARSET utf8mb4", " PARTITION BY HASH (a) PARTITIONS 3")
	case 1, 2:
		return "ALTER TABLE " + one("t", "s.t", "`odd name`") + " " + action() + ", " + action()
	case 3:
		return "UPDATE t SET a = " + expression(2) + ", b = DEFAULT WHERE " + expression(3) + one("", " ORDER BY a LIMIT 5")
	case 4:
		return "DELETE FROM t WHERE " + expression(3) + one("", " LIMIT 5", " RETURNING a")
	case 5:
		return one("INSERT", "INSERT IGNORE", "REPLACE") + " INTO t (a, b) " +
			one("VALUES ("+expression(2)+", DEFAULT), (1, 2)", query())
	case 6:
		return one("CREATE OR REPLACE", "CREATE ALGORITHM=MERGE") + " VIEW v AS " + query()
	}
	return query()
}
