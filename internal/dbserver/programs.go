package dbserver

import (
	"fmt"
	"os/exec"
	"path/filepath"
)

// Programs is where the programs of a kind of server lie.
type Programs struct {
	Kind     string   // "PostgreSQL"
	Packages string   // what to install where they are missing
	Folders  []string // with wildcards; of several that fit, the last in order, then the path
	Chosen   bool     // somebody named the folder: no other will do
}

// Postgres are the programs of PostgreSQL: those in the bin of a chosen folder, or those of the
// distribution.
func Postgres(chosen string) Programs {
	return choose(chosen,
		Programs{
			Kind: "PostgreSQL", Packages: "postgresql (Debian: apt-get install postgresql)",
			Folders: []string{"/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin"},
		})
}

// MariaDB are the programs of MariaDB or MySQL: those in the bin of a chosen folder, or those of
// the distribution.
func MariaDB(chosen string) Programs {
	return choose(chosen,
		Programs{
			Kind: "MariaDB", Packages: "mariadb-server (Debian: apt-get install mariadb-server)",
			Folders: []string{"/usr/sbin", "/usr/bin", "/usr/local/mysql/bin", "/usr/local/mysql/scripts"},
		})
}

// PgBouncer is the pooler.
func PgBouncer() Programs {
	return Programs{
		Kind: "PgBouncer", Packages: "pgbouncer (Debian: apt-get install pgbouncer)",
		Folders: []string{"/usr/sbin", "/usr/bin"},
	}
}

func choose(folder string, p Programs) Programs {
	if folder != "" {
		p.Folders, p.Chosen = []string{filepath.Join(folder, "bin")}, true
	}
	return p
}

// Find returns the path of a program. Its error says what to install.
func (p Programs) Find(name string) (string, error) {
	for _, folder := range p.Folders {
		matches, err := filepath.Glob(filepath.Join(folder, name))
		if err == nil && len(matches) > 0 {
			return matches[len(matches)-1], nil
		}
	}
	if p.Chosen {
		return "", fmt.Errorf("%s of %s is not in %s", name, p.Kind, p.Folders[0])
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("%s is missing: install %s", name, p.Packages)
	}
	return path, nil
}

// Has reports whether a program is there.
func (p Programs) Has(name string) bool {
	_, err := p.Find(name)
	return err == nil
}
