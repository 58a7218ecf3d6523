package main

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// metadataLock keeps other processes from the metadata. It ends with the process, however that ends.
type metadataLock struct{ file *os.File }

// lockMetadata locks the file against a second server, whatever its other settings.
func lockMetadata(path string) (*metadataLock, error) {
	f, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the metadata (--metadata-url): %w", err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("another server is running on %s; stop it first, or give this "+
			"one another --data", path), f.Close())
	}
	return &metadataLock{f}, nil
}

// Close ends the lock, also while a process that was started a moment ago has a copy of the file:
// it keeps that until it runs its own program.
func (l *metadataLock) Close() error {
	return errors.Join(unix.Flock(int(l.file.Fd()), unix.LOCK_UN), l.file.Close())
}
