package manifest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"towpath"
	"towpath/internal/plan"
)

// maxPath bounds the length of a path, in bytes: the metadata keeps it in an index.
const maxPath = 1000

// Entry is a file of a tree.
type Entry struct {
	Path  string
	Size  int64          // in bytes; 0 while it is not known
	Unfit towpath.Reason // why it holds no text; zero for a plain file
}

// Classify says what an entry of a tree is to a link; in is false outside the link's base
// directory.
func (s *Service) Classify(scope plan.Scope, linkID string, e Entry) (f towpath.ManifestFile, in bool) {
	m, in, reason := scope.Match(e.Path)
	if !in {
		return f, false
	}
	f = towpath.ManifestFile{LinkID: linkID, State: towpath.FileMatched, Size: e.Size, Migration: m}
	f.Path = e.Path
	switch {
	case len(e.Path) > maxPath:
		f.Path = strings.ToValidUTF8(f.Path[:maxPath], "") + "…"
		reason = towpath.Why(towpath.ReasonPathTooLong, "bytes", strconv.Itoa(len(e.Path)), "limit",
			strconv.Itoa(maxPath))
	case !reason.IsZero():
	case !e.Unfit.IsZero():
		f.Reason = e.Unfit
	case e.Size > s.maxFileSize():
		f.Reason = s.tooLarge(e.Size)
	}
	if !reason.IsZero() {
		return Ignored(f, reason), true
	}
	return f, true
}

// tooLarge is the reason of a size over the limit; one that is not known is 0.
func (s *Service) tooLarge(size int64) towpath.Reason {
	limit := mebibytes(s.maxFileSize())
	if size <= s.maxFileSize() {
		return towpath.Why(towpath.ReasonTooLarge, "limit", limit)
	}
	return towpath.Why(towpath.ReasonOverLimit, "size", mebibytes(size), "limit", limit)
}

// mebibytes rounds up to a tenth, so that what is just over a limit does not look like it.
func mebibytes(n int64) string {
	tenths := (n*10 + 1<<20 - 1) >> 20
	if tenths%10 == 0 {
		return fmt.Sprintf("%d MiB", tenths/10)
	}
	return fmt.Sprintf("%d.%d MiB", tenths/10, tenths%10)
}

// Ignored is a file that is no migration, with the reason.
func Ignored(f towpath.ManifestFile, reason towpath.Reason) towpath.ManifestFile {
	return towpath.ManifestFile{
		LinkID:    f.LinkID,
		State:     towpath.FileIgnored,
		Reason:    reason,
		Size:      f.Size,
		Migration: towpath.Migration{Path: f.Path},
	}
}

// lfsPointer is how the pointer to a file in Git LFS begins.
// https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
var lfsPointer = []byte("version https://git-lfs.github.com/spec/")

// NeedsText reports whether a file is still to be read.
func NeedsText(f towpath.ManifestFile) bool {
	return f.State == towpath.FileMatched && f.Reason.IsZero() && f.Checksum == ""
}

// errTooLong ends the reading of a file that is longer than the provider has said.
var errTooLong = errors.New("the file is over the limit")

// bounded reads up to a number of bytes, and fails with errTooLong when there are more.
type bounded struct {
	src  io.Reader
	left int64
}

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (n int, err error) {
	n, err = b.src.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errTooLong
	}
	return n, err
}

// Source opens files of a repository at a commit.
type Source interface {
	File(ctx context.Context, commit, path string) (io.ReadCloser, error)
}

// ReadFile hands a file's text to read as it comes, and fills in what that tells: the SHA-256 in
// hex, and the size in bytes.
func (s *Service) ReadFile(ctx context.Context, source Source, commit string, f towpath.ManifestFile,
	read func(context.Context, io.Reader) (string, int64, error),
) (towpath.ManifestFile, error) {
	body, err := source.File(ctx, commit, f.Path)
	if err != nil {
		return f, fmt.Errorf("read %s at %s: %w", f.Path, towpath.ShortHash(commit), err)
	}
	defer func() { _ = body.Close() }() // read to its end below, or given up
	if told, ok := body.(interface{ Size() int64 }); ok && told.Size() > s.maxFileSize() {
		f.Size, f.Reason = told.Size(), s.tooLarge(told.Size())
		return f, nil
	}
	text := bufio.NewReader(&bounded{body, s.maxFileSize()})
	if head, _ := text.Peek(len(lfsPointer)); bytes.Equal(head, lfsPointer) { // an error comes again
		f.Reason = towpath.Why(towpath.ReasonInLFS)
		return f, nil
	}
	sha, size, err := read(ctx, text)
	switch {
	case errors.Is(err, errTooLong):
		f.Reason = s.tooLarge(0)
		return f, nil
	case err != nil:
		return f, fmt.Errorf("read %s at %s: %w", f.Path, towpath.ShortHash(commit), err)
	}
	f.Checksum, f.Size = sha, size
	return f, nil
}

// TextSums has towpath.TextSums.Plain for each variant of the texts that were read.
type TextSums map[string]string

// Read reads a text to its end, as store.KeepContent does, and keeps nothing of it but its sums.
func (s TextSums) Read(_ context.Context, text io.Reader) (checksum string, size int64, err error) {
	sums := towpath.NewTextSums()
	size, err = io.Copy(sums, text)
	for _, variant := range sums.Variants() {
		s[variant] = sums.Plain()
	}
	return sums.Checksum(), size, err
}
