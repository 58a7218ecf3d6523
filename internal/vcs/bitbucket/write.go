package bitbucket

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"regexp"
	"slices"
	"strings"

	"towpath/internal/vcs"
)

// writtenCommit finds the new commit's hash at the end of the Location header; the answer has no
// body.
var writtenCommit = regexp.MustCompile(`/commit/([0-9a-f]{40})/?$`)

// Write implements vcs.Client. The names of form parts are the paths; a leading slash keeps them
// apart from the form's own fields, and a file name keeps a part from being taken for one of those.
// https://developer.atlassian.com/cloud/bitbucket/rest/api-group-source/#api-repositories-workspace-repo-slug-src-post
func (c *client) Write(ctx context.Context, id string, w vcs.Write) (string, error) {
	const op = "write a commit"
	if w.Branch == "" || w.Parent == "" || len(w.Files) == 0 {
		return "", &vcs.Error{Kind: vcs.Rejected, Op: op, Message: "a branch, its head and a file are needed"}
	}
	body, contentType, err := form(w)
	if err != nil {
		return "", &vcs.Error{Kind: vcs.Rejected, Op: op, Message: "cannot be encoded", Err: err}
	}
	r := c.apiRequest(op, repositoryPath(id)+"/src", nil)
	r.method = http.MethodPost
	r.body = body
	r.header = http.Header{"Content-Type": {contentType}}
	ctx, cancel := context.WithTimeout(ctx, c.p.cfg.Timeout)
	defer cancel()
	resp, err := c.send(ctx, r)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if _, err := io.CopyN(io.Discard, resp.Body, maxErrorBody); err != nil && !errors.Is(err, io.EOF) {
		return "", &vcs.Error{
			Kind:    vcs.Unavailable,
			Op:      op,
			Status:  resp.StatusCode,
			Message: "the answer could not be read",
			Err:     err,
		}
	}
	found := writtenCommit.FindStringSubmatch(resp.Header.Get("Location"))
	if found == nil {
		return "", &vcs.Error{
			Kind:    vcs.Unavailable,
			Op:      op,
			Status:  resp.StatusCode,
			Message: "the answer does not name the new commit",
		}
	}
	return found[1], nil
}

func form(w vcs.Write) (body []byte, contentType string, err error) {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	fields := [][2]string{{"branch", w.Branch}, {"parents", w.Parent}, {"message", w.Message}}
	for _, path := range w.Remove { // named here, and without a part of its own
		fields = append(fields, [2]string{"files", "/" + strings.TrimPrefix(path, "/")})
	}
	for _, field := range fields {
		if err := m.WriteField(field[0], field[1]); err != nil {
			return nil, "", err
		}
	}
	quote := strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	for _, path := range slices.Sorted(maps.Keys(w.Files)) {
		if strings.ContainsAny(path, "\r\n") {
			return nil, "", fmt.Errorf("the path %q has a line break", path)
		}
		name := quote.Replace("/" + strings.TrimPrefix(path, "/"))
		header := textproto.MIMEHeader{
			"Content-Disposition": {fmt.Sprintf(`form-data; name="%s"; filename="%s"`, name, name)},
			"Content-Type":        {"application/octet-stream"},
		}
		part, err := m.CreatePart(header)
		if err != nil {
			return nil, "", err
		}
		if _, err := part.Write(w.Files[path]); err != nil {
			return nil, "", err
		}
	}
	if err := m.Close(); err != nil {
		return nil, "", err
	}
	return b.Bytes(), m.FormDataContentType(), nil
}
