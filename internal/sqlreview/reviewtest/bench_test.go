package reviewtest

import (
	"fmt"
	"strings"
	"testing"

	"towpath"
	"towpath/internal/sqlparse"
	"towpath/internal/sqlreview"
	"towpath/internal/sqlreview/rules"
)

// BenchmarkReview_aLongFile reviews a file of 20,000 statements. A rule that looks at all others for
// each of them takes seconds.
func BenchmarkReview_aLongFile(b *testing.B) {
	script := strings.Repeat("INSERT INTO t (a) VALUES (1);\nSELECT 1;\n", 10_000)
	for engine, dialect := range map[towpath.EngineType]sqlreview.Dialect{
		towpath.EnginePostgres: sqlreview.PostgreSQL,
		towpath.EngineMySQL:    sqlreview.MySQL,
		towpath.EngineSQLite:   sqlreview.SQLite,
	} {
		b.Run(fmt.Sprint(dialect), func(b *testing.B) {
			files, err := sqlparse.Read(b.Context(), sqlparse.InProcess{}, engine,
				[]sqlparse.Script{{Path: "long.sql", Content: script}})
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				sqlreview.Review(sqlreview.Input{
					Server: sqlreview.Server{Dialect: dialect},
					Files:  files,
					Rules:  rules.All,
				})
			}
		})
	}
}
