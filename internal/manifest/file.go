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
	Size  int64          // in bytes; 0 when unknown
	Unfit towpath.Reason // why it has no text to read; zero for a regular file
}

// Classify decides whether an entry of a tree is a migration of a link or ignored, and why. in is
// false when the entry is outside the link's base directory.
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

// tooLarge returns the reason for a file over the size limit; size is 0 when it is unknown.
func (s *Service) tooLarge(size int64) towpath.Reason {
	limit := mebibytes(s.maxFileSize())
	if size <= s.maxFileSize() {
		return towpath.Why(towpath.ReasonTooLarge, "limit", limit)
	}
	return towpath.Why(towpath.ReasonOverLimit, "size", mebibytes(size), "limit", limit)
}

// mebibytes formats a size, rounded up to a tenth, so that one just over a limit looks larger than
// the limit.
func mebibytes(n int64) string {
	tenths := (n*10 + 1<<20 - 1) >> 20
	if tenths%10 == 0 {
		return fmt.Sprintf("%d MiB", tenths/10)
	}
	return fmt.Sprintf("%d.%d MiB", tenths/10, tenths%10)
}

// Ignored returns f as a file that is not a migration, for a reason.
func Ignored(f towpath.ManifestFile, reason towpath.Reason) towpath.ManifestFile {
	return towpath.ManifestFile{
		LinkID:    f.LinkID,
		State:     towpath.FileIgnored,
		Reason:    reason,
		Size:      f.Size,
		Migration: towpath.Migration{Path: f.Path},
	}
}

// lfsPointer is the beginning of a pointer to a file in Git LFS.
// https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
var lfsPointer = []byte("version https://git-lfs.github.com/spec/")

// NeedsText reports whether the text of a file has not been read yet.
func NeedsText(f towpath.ManifestFile) bool {
	return f.State == towpath.FileMatched && f.Reason.IsZero() && f.Checksum == ""
}

// errTooLong ends the reading of a file that is longer than the provider reported.
var errTooLong = errors.New("the file is over the limit")

// bounded reads at most left bytes, and fails with errTooLong when there are more.
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

// ReadFile streams the text of a file to read, which returns its SHA-256 in hex and its size in
// bytes. It returns f with both, or with the reason why the text cannot be a migration.
func (s *Service) ReadFile(ctx context.Context, source Source, commit string, f towpath.ManifestFile,
	read func(context.Context, io.Reader) (string, int64, error),
) (towpath.ManifestFile, error) {
	body, err := source.File(ctx, commit, f.Path)
	if err != nil {
		return f, fmt.Errorf("read %s at %s: %w", f.Path, towpath.ShortHash(commit), err)
	}
	defer func() { _ = body.Close() }() // it is read to its end below, or not needed
	if sized, ok := body.(interface{ Size() int64 }); ok && sized.Size() > s.maxFileSize() {
		f.Size, f.Reason = sized.Size(), s.tooLarge(sized.Size())
		return f, nil
	}
	text := bufio.NewReader(&bounded{body, s.maxFileSize()})
	// read gets the same error as Peek
	if head, _ := text.Peek(len(lfsPointer)); bytes.Equal(head, lfsPointer) {
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

// TextSums maps the checksum of each variant of the texts that were read to
// towpath.TextSums.Plain.
type TextSums map[string]string

// Read reads a text to its end like store.KeepContent, but keeps only its checksums.
func (s TextSums) Read(_ context.Context, text io.Reader) (checksum string, size int64, err error) {
	sums := towpath.NewTextSums()
	size, err = io.Copy(sums, text)
	for _, variant := range sums.Variants() {
		s[variant] = sums.Plain()
	}
	return sums.Checksum(), size, err
}
