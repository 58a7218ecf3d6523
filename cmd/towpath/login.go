package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/term"
)

// loginCommand keeps the address of a server and a token for the commands that ask one.
type loginCommand struct {
	Server string `required:"" help:"Address of the server, such as https://towpath.example.com."`
	Token  string `help:"API token. Default: it is asked for, or the first line of the standard input, which keeps it off the command line."`
}

// logoutCommand forgets what towpath login has kept.
type logoutCommand struct{}

// login is what is kept of a sign-in.
type login struct {
	Server string `json:"server"`
	Token  string `json:"token"`
}

// Run keeps the token when the server knows it, and else nothing.
func (c *loginCommand) Run(ctx context.Context, out io.Writer) error {
	server := strings.TrimSuffix(c.Server, "/")
	u, err := url.Parse(server)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return usagef("--server is %q; give an address such as https://towpath.example.com", c.Server)
	}
	if c.Token == "" {
		fmt.Fprint(os.Stderr, "API token (in the console: Settings, API tokens): ")
		line, err := readSecret(ctx, os.Stdin)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if c.Token = strings.TrimSpace(line); c.Token == "" {
			return usagef("there was no token on the standard input: %v", err)
		}
	}
	api, err := newAPIClient(server)
	if err != nil {
		return err
	}
	api.token = c.Token
	var session struct {
		Member struct {
			Name  string `json:"name"`
			Email string `json:"email"`
		} `json:"member"`
	}
	if err := api.call(ctx, "GET", "/session", nil, &session); err != nil {
		return err
	}
	path, err := keepLogin(login{server, c.Token})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "Signed in to %s as %s (%s). The token is in %s.\n", server,
		plain(session.Member.Name), plain(session.Member.Email), path)
	return err
}

// readSecret reads a line. A terminal does not show what is typed there. It ends with ctx.
func readSecret(ctx context.Context, in *os.File) (string, error) {
	type read struct {
		line string
		err  error
	}
	terminal := int(in.Fd())
	before, err := term.GetState(terminal)
	if err != nil { // no terminal
		line, err := bufio.NewReader(io.LimitReader(in, 1<<10)).ReadString('\n')
		return line, err
	}
	done := make(chan read, 1)
	go func() {
		line, err := term.ReadPassword(terminal)
		done <- read{string(line), err}
	}()
	defer fmt.Fprintln(os.Stderr) // the line end was not shown either
	select {
	case r := <-done:
		return r.line, r.err
	case <-ctx.Done():
		return "", errors.Join(ctx.Err(), term.Restore(terminal, before))
	}
}

// Run removes the file. The token itself stays valid, and it says so.
func (c *logoutCommand) Run(_ context.Context, out io.Writer) error {
	path, err := loginFile()
	if err != nil {
		return err
	}
	err = os.Remove(path)
	if errors.Is(err, fs.ErrNotExist) {
		_, err = fmt.Fprintln(out, "Nobody was signed in.")
		return err
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, "The token is forgotten here. Revoke it in the console, or it stays valid.")
	return err
}

// loginFile is where a sign-in is kept.
func loginFile() (string, error) {
	folder, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("find the folder for settings: %w", err)
	}
	return filepath.Join(folder, "towpath", "login.json"), nil
}

// keepLogin writes a file that only its owner may read. A crash leaves the one before.
func keepLogin(l login) (path string, err error) {
	if path, err = loginFile(); err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	file, err := os.CreateTemp(filepath.Dir(path), "login-*") // has mode 0600
	if err != nil {
		return "", err
	}
	err = errors.Join(json.NewEncoder(file).Encode(l), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return "", errors.Join(err, os.Remove(file.Name()))
	}
	return path, nil
}

// readLogin returns what is kept, or nothing. A file that others may read is refused.
func readLogin() (login, error) {
	path, err := loginFile()
	if err != nil {
		return login{}, nil // such as in a container without a home
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return login{}, nil
	}
	if err != nil {
		return login{}, err
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" {
		return login{}, usagef("%s can be read by others (mode %#o); run chmod 600 on it, and revoke the token",
			path, mode)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return login{}, err
	}
	var l login
	if err := json.Unmarshal(text, &l); err != nil {
		return login{}, usagef("%s is not a sign-in; run towpath login again", path)
	}
	return l, nil
}
