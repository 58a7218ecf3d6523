package sqlite

import (
	"context"
	"errors"
	"os"

	lib "modernc.org/sqlite/lib"

	"towpath"
	"towpath/internal/engine"
)

// Check implements engine.Engine: the folder, and the file when the target names a database.
func (e *Engine) Check(ctx context.Context, t engine.Target) (engine.Report, error) {
	var report engine.Report
	stop := func(err error) (engine.Report, error) {
		report.Findings = append(report.Findings,
			engine.Finding{Severity: "error", Message: towpath.ErrorMessage(err)})
		return report, ctx.Err()
	}
	dir, err := e.config.folder(t.Address)
	if err != nil {
		return stop(err)
	}
	if finding := checkFolder(dir); finding != nil {
		report.Findings = append(report.Findings, *finding)
	}
	report.Version = "SQLite " + lib.SQLITE_VERSION
	if t.Database != "" {
		path, err := e.config.file(t)
		if err != nil {
			return stop(err)
		}
		report.Findings = append(report.Findings, checkFile(ctx, path)...)
	}
	report.OK = true
	for _, f := range report.Findings {
		report.OK = report.OK && f.Severity != "error"
	}
	return report, ctx.Err()
}

// checkFolder reports whether SQLite can create its journal beside the files.
func checkFolder(dir string) *engine.Finding {
	probe, err := os.CreateTemp(dir, ".towpath-check-*")
	if err != nil {
		return &engine.Finding{
			Severity: "error",
			Message:  "Towpath cannot write to the folder, and SQLite keeps its journal there.",
			Fix:      "Give the server's user the right to write in the folder.",
		}
	}
	if errors.Join(probe.Close(), os.Remove(probe.Name())) != nil {
		return &engine.Finding{
			Severity: "warning",
			Message:  "A file in the folder could be made but not removed.",
		}
	}
	return nil
}

func checkFile(ctx context.Context, path string) []engine.Finding {
	var mode string
	// Only SQLite opens the file: closing a second handle would drop the process's locks on it.
	// https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_
	err := (&database{path: path}).read(ctx, func(c *connection) error {
		return c.QueryRowContext(ctx, "PRAGMA main.journal_mode").Scan(&mode)
	})
	if err != nil {
		return []engine.Finding{{Severity: "error", Message: "The file cannot be read: " +
			mapError(err).Message + "."}}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm()&0o222 == 0 {
		return []engine.Finding{{
			Severity: "error", Message: "The file is read-only.",
			Fix: "Give the server's user the right to write to it.",
		}}
	}
	if mode != "wal" {
		return nil
	}
	return []engine.Finding{{
		Severity: "warning",
		Message: "The file is in WAL mode: it must not lie on a network file system, " +
			"and a copy needs its -wal file too.",
	}}
}
