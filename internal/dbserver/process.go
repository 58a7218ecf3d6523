// Package dbserver runs a database server as a child of this process, for tests and for the demo.
package dbserver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// Process is a running server and its folder.
type Process struct {
	Dir  string // belongs to the server's user
	cred *syscall.Credential
	cmd  *exec.Cmd
	log  bytes.Buffer
	done chan error
}

// New makes a folder for a server that runs as the named system user when the tests run as root.
func New(account string) (*Process, error) {
	dir, err := os.MkdirTemp("", "towpath-"+account+"-")
	if err != nil {
		return nil, fmt.Errorf("make the server's folder: %w", err)
	}
	p := &Process{Dir: dir, done: make(chan error, 1)}
	if os.Getuid() != 0 {
		return p, nil
	}
	u, err := user.Lookup(account)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("find the user %s: %w", account, err), os.RemoveAll(dir))
	}
	uid, errUID := strconv.ParseUint(u.Uid, 10, 32)
	gid, errGID := strconv.ParseUint(u.Gid, 10, 32)
	p.cred = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	if err := errors.Join(errUID, errGID, os.Chown(dir, int(uid), int(gid))); err != nil {
		return nil, errors.Join(fmt.Errorf("give the folder to %s: %w", account, err), os.RemoveAll(dir))
	}
	return p, nil
}

// FreePort returns a port that nobody listens on at the moment. It is below those that systems give to
// connections, one of which could take it before the server does.
func FreePort() (int, error) {
	const lowest, above = 15_000, 32_768
	var last error
	for range 100 {
		port := lowest + rand.IntN(above-lowest)
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			return port, l.Close()
		}
		last = err
	}
	return 0, fmt.Errorf("find a free port: %w", last)
}

// Run runs a program to its end in the server's folder and under its user. What it keeps for a
// while goes there too: a server of MariaDB that starts removes the temporary tables of others from
// the common folder.
func (p *Process) Run(program string, args ...string) error {
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.SysProcAttr = p.Dir, &syscall.SysProcAttr{Credential: p.cred}
	cmd.Env = append(cmd.Environ(), "TMPDIR="+p.Dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("run %s: %w\n%s", filepath.Base(program), err, out)
	}
	return nil
}

// Start starts the server and waits until ready no longer fails.
func (p *Process) Start(ready func(context.Context) error, program string, args ...string) error {
	p.cmd = exec.Command(program, args...)
	p.cmd.Dir, p.cmd.SysProcAttr = p.Dir, childAttributes(p.cred)
	p.cmd.Stdout, p.cmd.Stderr = &p.log, &p.log
	if err := p.cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", filepath.Base(program), err)
	}
	go func() { p.done <- p.cmd.Wait() }()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for {
		err := ready(ctx)
		if err == nil {
			return nil
		}
		select {
		case exit := <-p.done:
			p.done <- exit
			return fmt.Errorf("%s ended: %w\n%s", filepath.Base(program), exit, p.log.String())
		case <-ctx.Done():
			return fmt.Errorf("%s does not answer: %w", filepath.Base(program), err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Stop ends the server and removes its folder.
func (p *Process) Stop() error {
	if p.cmd != nil && p.cmd.Process != nil {
		if err := p.cmd.Process.Signal(syscall.SIGQUIT); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return fmt.Errorf("stop the server: %w", err)
		}
		select {
		case <-p.done:
		case <-time.After(20 * time.Second):
			if err := p.cmd.Process.Kill(); err != nil {
				return fmt.Errorf("kill the server: %w", err)
			}
			<-p.done
		}
	}
	return os.RemoveAll(p.Dir)
}
