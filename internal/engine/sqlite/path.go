package sqlite

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"towpath"
	"towpath/internal/engine"
)

// endings are the file names of databases; new files get the first.
var endings = [...]string{".db", ".sqlite", ".sqlite3"}

// databaseName strips a known ending.
func databaseName(file string) (string, bool) {
	for _, ending := range endings {
		if name, ok := strings.CutSuffix(file, ending); ok && validName(name) == nil {
			return name, true
		}
	}
	return "", false
}

func validName(name string) error {
	if name == "" || strings.HasPrefix(name, ".") || strings.ContainsAny(name, "/\\\x00") {
		return towpath.Invalid("database", "%q is not the name of a database file.", name)
	}
	return nil
}

// folder resolves an address to an absolute path below Root, symlinks followed.
func (c Config) folder(address string) (string, error) {
	if !filepath.IsLocal(address) || strings.ContainsRune(address, 0) {
		return "", towpath.Invalid("address",
			"Use a folder relative to the server's SQLite folder, without \"..\"; "+
				"\".\" is that folder itself.")
	}
	for _, part := range strings.FieldsFunc(address,
		func(r rune) bool { return r == '/' || r == filepath.Separator }) {
		if part == ".." {
			return "", towpath.Invalid("address", "The folder must not contain \"..\".")
		}
	}
	dir, err := c.resolve(filepath.Join(c.Root, address))
	if err != nil {
		return "", err
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return "", towpath.Errorf(towpath.CodeUnavailable, "%s is not a folder.", address)
	}
	return dir, nil
}

// resolve follows symlinks and refuses a path that leaves Root or enters a forbidden folder.
func (c Config) resolve(path string) (string, error) {
	root, err := filepath.EvalSymlinks(c.Root)
	if err != nil {
		return "", towpath.Errorf(towpath.CodeUnavailable, "The server's SQLite folder does not exist.")
	}
	real, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", towpath.Errorf(towpath.CodeUnavailable, "%s is not there.", filepath.Base(path))
	}
	if err != nil {
		return "", towpath.Errorf(towpath.CodeUnavailable, "%s cannot be reached.", filepath.Base(path))
	}
	if !below(root, real) {
		return "", towpath.Invalid("address", "%s is outside the server's SQLite folder.",
			filepath.Base(path))
	}
	for _, forbidden := range c.Forbidden {
		if actual, err := filepath.EvalSymlinks(forbidden); err == nil {
			forbidden = actual
		}
		if below(forbidden, real) {
			return "", towpath.Invalid("address", "%s is in a folder that belongs to the server itself.",
				filepath.Base(path))
		}
	}
	return real, nil
}

func below(root, path string) bool {
	rel, err := filepath.Rel(root, path)
	return err == nil && filepath.IsLocal(rel)
}

// file finds a target's one file.
func (c Config) file(t engine.Target) (string, error) {
	if err := validName(t.Database); err != nil {
		return "", err
	}
	dir, err := c.folder(t.Address)
	if err != nil {
		return "", err
	}
	switch found := c.candidates(dir, t.Database); len(found) {
	case 0:
		return "", towpath.Errorf(towpath.CodeUnavailable, "There is no file %s%s in the folder.", t.Database,
			endings[0])
	case 1:
		return c.resolve(filepath.Join(dir, found[0]))
	default:
		return "", towpath.Errorf(towpath.CodeConflict, "%s could be any of %s. Rename all but one.",
			t.Database, strings.Join(found, ", "))
	}
}

// candidates lists the files with the name.
func (c Config) candidates(dir, name string) (found []string) {
	for _, ending := range endings {
		if _, err := os.Lstat(filepath.Join(dir, name+ending)); err == nil {
			found = append(found, name+ending)
		}
	}
	return found
}

// isFile reports whether the entry is a regular file that may be a target.
func (c Config) isFile(dir, name string) bool {
	path, err := c.resolve(filepath.Join(dir, name))
	if err != nil {
		return false
	}
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
