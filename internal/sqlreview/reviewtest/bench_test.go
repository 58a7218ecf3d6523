package reviewtest

import (
	"fmt"
	"testing"

	"towpath"
	"towpath/internal/sqlparse"
	"towpath/internal/sqlreview"
	"towpath/internal/sqlreview/rules"
)

// BenchmarkReview_thousandFiles is all rules over 1,000 files of three statements, parsed before.
func BenchmarkReview_thousandFiles(b *testing.B) {
	var scripts []sqlparse.Script
	for n := range 1000 {
		scripts = append(scripts, sqlparse.Script{Path: fmt.Sprintf("%d.sql", n), Content: fmt.Sprintf(
			"CREATE TABLE t%d (id bigint PRIMARY KEY, name text NOT NULL DEFAULT 'x', at timestamptz);\n"+
				"CREATE INDEX CONCURRENTLY i%[1]d ON t%[1]d (name);\n"+
				"ALTER TABLE t%[1]d ADD COLUMN b%[1]d int NOT NULL DEFAULT 0;\n", n)})
	}
	files, err := sqlparse.Read(b.Context(), sqlparse.InProcess{}, towpath.EnginePostgres, scripts)
	if err != nil {
		b.Fatal(err)
	}
	in := sqlreview.Input{
		Server: sqlreview.Server{Dialect: towpath.EnginePostgres},
		Files:  files,
		Rules:  rules.All,
	}
	for b.Loop() {
		sqlreview.Review(in)
	}
	b.ReportMetric(float64(3*len(files)*b.N)/b.Elapsed().Seconds(), "statements/s")
}
