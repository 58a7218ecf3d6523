package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// samples is how often a cost of the machine is measured.
const samples = 200

// describe prints what figures depend on: cores, memory, load, the disk and the cost of a process.
func describe(out io.Writer) error {
	sync, err := median(diskSync)
	if err != nil {
		return fmt.Errorf("measure the disk: %w", err)
	}
	start, err := median(func() (func() error, func() error, error) {
		return func() error { return exec.Command("true").Run() }, func() error { return nil }, nil
	})
	if err != nil {
		return fmt.Errorf("measure the start of a process: %w", err)
	}
	var info syscall.Sysinfo_t
	if err := syscall.Sysinfo(&info); err != nil {
		return fmt.Errorf("read the memory: %w", err)
	}
	load, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return fmt.Errorf("read the load: %w", err)
	}
	minute, _, _ := strings.Cut(string(load), " ")
	_, err = fmt.Fprintf(out, "bench: machine cores %d\nbench: machine memory %d GiB\n"+
		"bench: machine system %s/%s\nbench: machine fdatasync-p50 %s\n"+
		"bench: machine process-start-p50 %s\nbench: machine load-before %s\nbench: version Go %s\n",
		runtime.NumCPU(), info.Totalram*uint64(info.Unit)>>30, runtime.GOOS, runtime.GOARCH,
		sync.Round(10*time.Microsecond), start.Round(10*time.Microsecond), minute,
		strings.TrimPrefix(runtime.Version(), "go"))
	return err
}

// median measures something. prepare returns what is measured, and what ends it.
func median(prepare func() (do, end func() error, err error)) (time.Duration, error) {
	do, end, err := prepare()
	if err != nil {
		return 0, err
	}
	took := make([]time.Duration, samples)
	for n := range took {
		began := time.Now()
		if err := do(); err != nil {
			return 0, errors.Join(err, end())
		}
		took[n] = time.Since(began)
	}
	slices.Sort(took)
	return took[samples/2], end()
}

// diskSync appends 4 KiB to a file and waits until they are on the disk.
func diskSync() (do, end func() error, err error) {
	f, err := os.CreateTemp("", "benchpage")
	if err != nil {
		return nil, nil, err
	}
	block := make([]byte, 4<<10)
	return func() error {
			if _, err := f.Write(block); err != nil {
				return err
			}
			return syscall.Fdatasync(int(f.Fd()))
		}, func() error {
			return errors.Join(f.Close(), os.Remove(f.Name()))
		}, nil
}
