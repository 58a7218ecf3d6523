// Package gitwire is the part of Git's smart HTTP protocol that drivers share: it lists heads, and
// it reads commits and trees without the contents of files. The driver brings the credentials; the
// other side is not trusted.
package gitwire

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"

	"towpath/internal/vcs"
)

const (
	opHeads          = "read branch heads"
	branchesRef      = "refs/heads/"
	maxRefBytes      = 64 << 20 // of one advertisement
	maxPackedBytes   = 64 << 20 // of one pack, before inflating
	maxErrorText     = 400      // runes
	contentTypeGit   = "application/x-git-upload-pack-"
	servicePath      = "/git-upload-pack"
	advertisedAt     = "/info/refs?service=git-upload-pack"
	headerGitVersion = "Git-Protocol"
	formatSHA256     = "object-format=sha256"
)

// Request is one call to a Git server. It can be sent twice.
type Request struct {
	Op     string // its purpose, for errors
	Method string
	URL    string
	Body   []byte
	Header http.Header
}

// Remote is a repository at an address.
type Remote struct {
	URL string // clone address without credentials and without a trailing slash

	// Send adds the credentials and returns a successful answer, whose body the caller closes. Its
	// errors are *vcs.Error.
	Send func(context.Context, Request) (*http.Response, error)

	Servers *Servers // what is known of servers; several remotes share it
}

// Heads reads the branch heads with protocol version 2 if the server supports it, otherwise from
// the advertisement of all refs. redirected reports that they came from another address.
// https://git-scm.com/docs/protocol-v2
func (r Remote) Heads(ctx context.Context) (heads map[string]string, redirected bool, err error) {
	var answer refAnswer
	list := func(s server) (err error) {
		answer, err = r.refs(ctx, r.command(opHeads, lsRefsCommand(s)))
		return err
	}
	if done, err := r.asKnown(ctx, list); done {
		return answer.heads, answer.redirected, err
	}
	answer, err = r.advertised(ctx, opHeads)
	if err == nil && answer.version2 && !answer.redirected {
		err = list(serverOf(answer.capabilities))
	}
	return answer.heads, answer.redirected, err
}

// refAnswer is the answer of a server: its capabilities in version 2, or refs.
type refAnswer struct {
	version2     bool
	capabilities []string
	heads        map[string]string
	redirected   bool
}

// advertised asks what the server can do, and remembers it.
func (r Remote) advertised(ctx context.Context, op string) (refAnswer, error) {
	answer, err := r.refs(ctx, Request{
		Op:     op,
		Method: http.MethodGet,
		URL:    r.URL + advertisedAt,
		Header: http.Header{headerGitVersion: {"version=2"}},
	})
	if err == nil && answer.version2 && !answer.redirected {
		r.Servers.remember(r.URL, serverOf(answer.capabilities))
	}
	return answer, err
}

func (r Remote) command(op string, body []byte) Request {
	return Request{
		Op: op, Method: http.MethodPost, URL: r.URL + servicePath, Body: body,
		Header: http.Header{
			headerGitVersion: {"version=2"},
			"Content-Type":   {contentTypeGit + "request"},
			"Accept":         {contentTypeGit + "result"},
		},
	}
}

func (r Remote) refs(ctx context.Context, request Request) (refAnswer, error) {
	resp, err := r.Send(ctx, request)
	if err != nil {
		return refAnswer{}, err
	}
	defer resp.Body.Close()
	refuse := func(message string, err error) (refAnswer, error) {
		return refAnswer{}, &vcs.Error{
			Kind: vcs.Unavailable, Op: request.Op, Status: resp.StatusCode, Message: message, Err: err,
		}
	}
	if !strings.HasPrefix(resp.Header.Get("Content-Type"), contentTypeGit) {
		return refuse("the answer is not Git's", nil)
	}
	answer, err := readRefs(io.LimitReader(resp.Body, maxRefBytes))
	if err != nil {
		return refuse(vcs.CleanText(err.Error(), maxErrorText), err)
	}
	answer.redirected = resp.Request.URL.String() != request.URL
	return answer, nil
}

// fetch reads a pack of commits and trees into objects. The server must support filters.
func (r Remote) fetch(ctx context.Context, into map[string]object, lines ...string) error {
	read := func(s server) error { return r.pack(ctx, s, into, lines) }
	if done, err := r.asKnown(ctx, read); done {
		return err
	}
	advertised, err := r.advertised(ctx, opBetween)
	if err != nil {
		return err
	}
	return read(serverOf(advertised.capabilities))
}

func (r Remote) pack(ctx context.Context, s server, into map[string]object, lines []string) error {
	if !s.filters || s.objectFormat == formatSHA256 {
		return &vcs.Error{
			Kind: vcs.Rejected, Op: opBetween,
			Message: "this server does not filter what it sends",
		}
	}
	body := appendPacket(nil, "command=fetch")
	body = append(appendPacket(body, "agent=towpath"), "0001"...)
	for _, line := range slices.Concat([]string{"no-progress", "ofs-delta", filterNoContent}, lines,
		[]string{"done"}) {
		body = appendPacket(body, line)
	}
	resp, err := r.Send(ctx, r.command(opBetween, append(body, "0000"...)))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if err := readPack(newSideband(io.LimitReader(resp.Body, maxPackedBytes)), into); err != nil {
		return &vcs.Error{
			Kind: vcs.Unavailable, Op: opBetween, Status: resp.StatusCode, Err: err,
			Message: vcs.CleanText(err.Error(), maxErrorText),
		}
	}
	return nil
}
