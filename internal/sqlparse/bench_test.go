package sqlparse_test

import (
	"fmt"
	"testing"

	"towpath"
	"towpath/internal/sqlparse"
)

// thousandFiles are 1,000 files of three statements.
func thousandFiles() []sqlparse.Text {
	statements := []string{}
	for n := range 1000 {
		statements = append(statements,
			fmt.Sprintf("CREATE TABLE t%d (id bigint PRIMARY KEY, a text NOT NULL, b int DEFAULT 0)", n),
			fmt.Sprintf("ALTER TABLE t%d ADD COLUMN c timestamptz DEFAULT now(), ALTER b SET NOT NULL", n),
			fmt.Sprintf("CREATE INDEX CONCURRENTLY i%d ON t%[1]d (lower(a), b) WHERE b > 0", n))
	}
	return texts(statements...)
}

func BenchmarkParse_postgres(b *testing.B) {
	all := thousandFiles()
	for b.Loop() {
		if _, err := sqlparse.Parse(towpath.EnginePostgres, all); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(all)*b.N)/b.Elapsed().Seconds(), "statements/s")
}

// BenchmarkPool_postgres is the same in a child process, which has been started before.
func BenchmarkPool_postgres(b *testing.B) {
	all := thousandFiles()
	pool := newPool(b)
	if _, err := pool.Parse(b.Context(), towpath.EnginePostgres, all); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := pool.Parse(b.Context(), towpath.EnginePostgres, all); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(all)*b.N)/b.Elapsed().Seconds(), "statements/s")
}
