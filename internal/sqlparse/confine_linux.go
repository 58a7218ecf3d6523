package sqlparse

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// confine takes from this process what a parser does not need: memory beyond a bound, further files
// and connections, rights by execve, a core dump.
func confine(memory uint64) error {
	time.Sleep(time.Microsecond) // the runtime opens what its timers need
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("give up new privileges: %w", err)
	}
	// The number of the next file is the bound for numbers of files.
	next, err := unix.Dup(int(os.Stdin.Fd()))
	if err != nil {
		return fmt.Errorf("find the next file's number: %w", err)
	}
	if err := unix.Close(next); err != nil {
		return fmt.Errorf("find the next file's number: %w", err)
	}
	for resource, most := range map[int]uint64{
		unix.RLIMIT_DATA:   memory,
		unix.RLIMIT_NOFILE: uint64(next),
		unix.RLIMIT_FSIZE:  0,
		unix.RLIMIT_CORE:   0,
	} {
		if err := unix.Setrlimit(resource, &unix.Rlimit{Cur: most, Max: most}); err != nil {
			return fmt.Errorf("set limit %d: %w", resource, err)
		}
	}
	return nil
}
