package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestReadme_commandsRun runs each block of commands in the README that is marked as tested, in order,
// with the addresses, names and secrets of a server of its own.
func TestReadme_commandsRun(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := testedBlocks(string(text))
	if len(blocks) < 4 || !strings.Contains(blocks[0], "git push") {
		t.Fatalf("%d blocks are marked, the first one without a push: %q", len(blocks), blocks)
	}
	w := linkedWorld(t, sqliteTargets{})
	w.commit(t, map[string]string{
		"migrations/shop/1__ddl__customer.sql": "CREATE TABLE customer (id INT);",
		"migrations/shop/notes.txt":            "Not a migration.",
	})
	w.must(t, w.wait("done"))

	folder := t.TempDir()
	names := w.readmeNames(t)
	run := func(block string) {
		t.Helper()
		script := names.Replace(block)
		command := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", script)
		command.Dir = folder
		command.Env = append(os.Environ(), "HOME="+folder, "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0",
			"GIT_AUTHOR_NAME=Olive", "GIT_AUTHOR_EMAIL=owner@example.com",
			"GIT_COMMITTER_NAME=Olive", "GIT_COMMITTER_EMAIL=owner@example.com")
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("%v:\n%s\n%s", err, script, out)
		}
	}
	run(blocks[0] + "git rev-parse HEAD >../head\n")
	head, err := os.ReadFile(filepath.Join(folder, "head"))
	if err != nil {
		t.Fatal(err)
	}
	w.head = strings.TrimSpace(string(head))
	w.must(t, w.wait("done"))
	names = w.readmeNames(t)
	calls := ""
	for _, block := range blocks {
		if strings.Contains(block, "api() {") {
			calls = block // defines what other blocks call
		}
	}
	for _, block := range blocks[1:] {
		run(calls + block)
	}
}

// testedBlocks returns the blocks of code of a document that are marked.
func testedBlocks(text string) (blocks []string) {
	for _, part := range strings.Split(text, "\n<!-- tested -->\n\n")[1:] {
		var block strings.Builder
		for line := range strings.SplitSeq(part, "\n") {
			code, ok := strings.CutPrefix(line, "    ")
			if !ok && line != "" {
				break
			}
			block.WriteString(code + "\n")
		}
		blocks = append(blocks, block.String())
	}
	return blocks
}

// readmeNames puts what a world has in the place of the README's examples. A failed call of the API
// ends the script.
func (w *world) readmeNames(t *testing.T) *strings.Replacer {
	t.Helper()
	first := func(path string) string {
		var list items[identified]
		w.must(t, w.api.call(w.ctx, "GET", path, nil, &list))
		if len(list.Items) == 0 {
			t.Fatalf("%s is empty", path)
		}
		return list.Items[0].ID
	}
	return strings.NewReplacer(
		"http://olive:PASSWORD@localhost:7990/acme/shop-db.git", w.cloneURL(),
		"http://127.0.0.1:8080", w.info.ConsoleURL, "https://towpath.example.com", w.info.ConsoleURL,
		"tp_…", w.info.APIToken, "tp_0123", w.info.APIToken, "curl -sS", "curl -fsS",
		"$PROJECT", first("/projects"), "$LINK", w.linkID, "$DATABASE", first("/databases"),
		"$ENVIRONMENT", first("/environments"), "69ca7c86", w.head,
	)
}
