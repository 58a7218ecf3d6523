package gitsim

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
)

// object reads from the long-lived process and starts it when needed. g.mu is held. The command is
// "contents", or "info" for no data.
func (g *Repo) object(command, name string) (hash, kind string, size int64, data []byte, err error) {
	for attempt := 0; ; attempt++ {
		if err = g.start(); err == nil {
			hash, kind, size, data, err = g.ask(command, name)
		}
		if err == nil || errors.Is(err, ErrNoObject) || attempt > 0 {
			return hash, kind, size, data, err
		}
		g.stop() // It may have died. A new process answers, or fails with the reason.
	}
}

func (g *Repo) ask(command, name string) (hash, kind string, size int64, data []byte, err error) {
	fail := func(err error) (string, string, int64, []byte, error) {
		return "", "", 0, nil, fmt.Errorf("read object %s: %w", name, err)
	}
	if _, err := io.WriteString(g.in, command+" "+name+"\n"); err != nil {
		return fail(err)
	}
	header, err := g.out.ReadString('\n')
	if err != nil {
		return fail(err)
	}
	f := strings.Fields(header)
	if len(f) != 3 { // "<name> missing" or "<name> ambiguous"
		return fail(ErrNoObject)
	}
	if size, err = strconv.ParseInt(f[2], 10, 64); err != nil {
		return fail(err)
	}
	if command == "contents" {
		data = make([]byte, size+1) // with the line feed that ends it
		if _, err := io.ReadFull(g.out, data); err != nil {
			return fail(err)
		}
		data = data[:size]
	}
	return f[0], f[1], size, data, nil
}

func (g *Repo) start() error {
	if g.cmd != nil {
		return nil
	}
	cmd := exec.Command("git", "--git-dir", g.dir, "cat-file", "--batch-command")
	cmd.Env = environ(cmd.Environ())
	in, err := cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("start git cat-file: %w", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("start git cat-file: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start git cat-file: %w", err)
	}
	g.cmd = cmd
	g.in = in
	g.out = bufio.NewReaderSize(out, 64<<10)
	return nil
}

func (g *Repo) stop() {
	if g.cmd != nil {
		_ = g.in.Close() // it ends by itself at the end of its input
		_ = g.cmd.Wait()
		g.cmd = nil
	}
}

func (g *Repo) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.stop()
}
