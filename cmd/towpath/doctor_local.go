package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"towpath/internal/secret"
	"towpath/internal/store"
)

const (
	littleSpace = 1 << 30   // below this many free bytes, a disk is soon full
	noSpace     = 100 << 20 // below this, SQLite may fail to write
)

// checkFolder checks a folder that the server writes to: its rights, and the space there.
func checkFolder(path string, private bool) finding {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		parent := existing(filepath.Dir(path))
		if unix.Access(parent, unix.W_OK|unix.X_OK) != nil {
			return failure(fmt.Sprintf("Make %s, owned by the server's user.", path),
				"%s does not exist, and %s may not make it in %s.", path, thisUser(), parent)
		}
		return passed("%s does not exist yet; the first start makes it.", path)
	}
	switch {
	case err != nil:
		return failure("Let the server's user read it.", "%v", err)
	case !info.IsDir():
		return failure("Name a folder, or move the file away.", "%s is not a folder.", path)
	case unix.Access(path, unix.R_OK|unix.W_OK|unix.X_OK) != nil:
		return failure(fmt.Sprintf("Run this as the server's user, or: chown -R USER %s", path),
			"%s may not write to %s.", thisUser(), path)
	case private && info.Mode().Perm()&0o077 != 0:
		return warned("chmod 700 "+path, "Others on this machine can look into %s (mode %#o).", path,
			info.Mode().Perm())
	}
	var disk unix.Statfs_t
	if err := unix.Statfs(path, &disk); err != nil {
		return finding{State: stateUnknown, Detail: fmt.Sprintf("The free space of %s is unknown: %v.", path, err)}
	}
	free := disk.Bavail * uint64(disk.Bsize)
	switch fix := "Free some space, or move the folder to a larger disk."; {
	case free < noSpace:
		return failure(fix, "%s has %d MiB free.", path, free>>20)
	case free < littleSpace:
		return warned(fix, "%s has %d MiB free.", path, free>>20)
	}
	return passed("%s, %d GiB free.", path, free>>30)
}

// existing is the nearest folder above path that exists.
func existing(path string) string {
	for {
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) || path == filepath.Dir(path) {
			return path
		}
		path = filepath.Dir(path)
	}
}

// thisUser names the account of this process, as `ls -l` may show it as a number.
func thisUser() string { return fmt.Sprintf("user %d", os.Getuid()) }

// checkMetadata reads the metadata; the inspection is nil when that failed.
func checkMetadata(ctx context.Context, c *serveCommand) (*store.Inspection, finding) {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	i, err := store.Inspect(ctx, c.MetadataURL)
	where := "PostgreSQL"
	if path, ok := store.FilePath(c.MetadataURL); ok {
		where = path
	}
	switch {
	case err != nil:
		return nil, failure("Check --metadata-url, and that the database answers.", "%v", err)
	case !i.MayCreate && i.Schema < i.Newest:
		return &i, failure("GRANT CREATE ON SCHEMA, for the schema of --metadata-url, to its role.",
			"%s: its role may make no tables there.", where)
	case i.Schema == 0:
		return &i, passed("%s: empty; the first start makes its tables.", where)
	case i.Schema < i.Newest:
		return &i, passed("%s: version %d; the next start brings it to %d. Back it up before.", where,
			i.Schema, i.Newest)
	}
	return &i, passed("%s: version %d, as this program needs it.", where, i.Schema)
}

// checkKey checks the key file against the metadata. It never makes one.
func checkKey(path string, i *store.Inspection) finding {
	const restore = "Put the key file back from its backup. Without it, no secret can be read again."
	_, err := os.Stat(path)
	missing := errors.Is(err, fs.ErrNotExist)
	switch {
	case missing && i == nil:
		return finding{State: stateUnknown, Detail: path + " does not exist. The metadata says if it has to."}
	case missing && i.KeyProof != nil:
		return failure(restore, "%s is missing, and the metadata was encrypted with it.", path)
	case missing:
		return passed("%s does not exist yet; the first start makes it.", path)
	}
	keyring, err := secret.Open(path)
	switch {
	case err != nil:
		return failure("Let only the server's user read it.", "%v", err)
	case i == nil:
		return finding{State: stateUnknown, Detail: path + " can be read. The metadata says if it is the right one."}
	case i.KeyProof == nil:
		return passed("%s, not used yet.", path)
	}
	if err := keyring.Verify(i.KeyProof); err != nil {
		return failure(restore, "%s is not the key of this metadata: %v.", path, err)
	}
	return passed("%s opens the metadata's secrets.", path)
}

// checkGrants counts the sign-ins at Git providers that no longer work.
func checkGrants(i *store.Inspection) finding {
	switch {
	case i == nil:
		return finding{State: stateUnknown, Detail: "They are in the metadata."}
	case i.BrokenGrants > 0:
		return warned("Open Git providers in the console, and sign in again.",
			"%d of the sign-ins at Git providers no longer work.", i.BrokenGrants)
	}
	return passed("No sign-in at a Git provider is known to be broken.")
}

// maxClockGap is how far clocks may be apart before sign-ins and leases suffer.
const maxClockGap = 30 * time.Second

// compareClocks compares this machine's clock with another one, read a moment ago.
func compareClocks(whose string, theirs, ours time.Time) finding {
	gap := theirs.Sub(ours).Abs().Round(time.Second)
	if gap > maxClockGap {
		return warned("Set the clock by NTP on both machines.",
			"The clock here and that of %s are %s apart.", whose, gap)
	}
	return passed("As that of %s.", whose)
}
