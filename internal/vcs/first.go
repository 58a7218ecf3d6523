package vcs

import (
	"context"
	"fmt"
	"io"
)

// FirstFile reads the first of some paths that a commit has, at most limit bytes and one more. path
// is "" when it has none of them.
func FirstFile(
	ctx context.Context, source Source, commit string, paths []string, limit int64,
) (path string, text []byte, err error) {
	for _, path := range paths {
		text, err := ReadFile(ctx, source, commit, path, limit)
		if KindOf(err) == NotFound {
			continue
		}
		return path, text, err
	}
	return "", nil, nil
}

// ReadFile reads a file of a commit, at most limit bytes and one more: a longer text is too long.
func ReadFile(ctx context.Context, source Source, commit, path string, limit int64) ([]byte, error) {
	body, err := source.File(ctx, commit, path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = body.Close() }() // it is read, or not needed
	text, err := io.ReadAll(io.LimitReader(body, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return text, nil
}
