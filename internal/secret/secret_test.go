package secret

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func open(t *testing.T) *Keyring {
	t.Helper()
	k, err := Open(filepath.Join(t.TempDir(), "key"))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestOpen_makesTheKeyOnceForItsOwnerAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "key")
	ids := make([]string, 8)
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() {
			k, err := Open(path)
			if err != nil {
				t.Error(err)
				return
			}
			ids[i] = k.KeyID()
		})
	}
	wg.Wait()
	for _, id := range ids {
		if id == "" || id != ids[0] {
			t.Fatalf("servers that start at once have keys %q", ids)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 || info.Size() != 32 {
		t.Errorf("key file: %v, %v", info, err)
	}
	if left, _ := filepath.Glob(path + ".*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestOpen_refuses(t *testing.T) {
	t.Parallel()
	write := func(size int, mode os.FileMode) string {
		path := filepath.Join(t.TempDir(), "key")
		if err := errors.Join(os.WriteFile(path, make([]byte, size), 0o600),
			os.Chmod(path, mode)); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, c := range map[string]struct{ path, says string }{
		"a file that the group can read": {write(32, 0o640), "chmod 600"},
		"a file that others can read":    {write(32, 0o604), "chmod 600"},
		"a short file":                   {write(31, 0o600), "32 bytes"},
		"a long file":                    {write(33, 0o600), "32 bytes"},
		"an empty file":                  {write(0, 0o600), "32 bytes"},
		"a folder":                       {t.TempDir(), "not a file"},
	} {
		if _, err := Open(c.path); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v; want it to say %q", name, err, c.says)
		}
	}
	if _, err := Open(filepath.Join(t.TempDir(), "missing", "key")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing folder: %v", err)
	}
}

func TestKeyring_opensWhatItSealed(t *testing.T) {
	t.Parallel()
	k := open(t)
	for _, plain := range []string{"", "s3cret", strings.Repeat("x", 5000)} {
		encrypted := k.Encrypt([]byte(plain), "grant/1")
		got, err := k.Decrypt(encrypted, "grant/1")
		if err != nil || string(got) != plain {
			t.Errorf("Open = %q, %v", got, err)
		}
		if plain != "" && bytes.Contains(encrypted, []byte(plain)) {
			t.Error("the plain text is in the encrypted one")
		}
		if bytes.Equal(encrypted, k.Encrypt([]byte(plain), "grant/1")) {
			t.Error("encrypted twice, it is the same: the nonce repeats")
		}
	}
}

func TestKeyring_refusesWhatIsNotWhatItSealed(t *testing.T) {
	t.Parallel()
	k := open(t)
	encrypted := k.Encrypt([]byte("s3cret"), "grant/1")
	if _, err := k.Decrypt(encrypted, "grant/2"); !errors.Is(err, ErrDecrypt) {
		t.Errorf("moved to another row: %v", err)
	}
	for n := range encrypted {
		if _, err := k.Decrypt(encrypted[:n], "grant/1"); !errors.Is(err, ErrDecrypt) {
			t.Errorf("cut to %d bytes: %v", n, err)
		}
		changed := bytes.Clone(encrypted)
		changed[n] ^= 1
		if _, err := k.Decrypt(changed, "grant/1"); err == nil {
			t.Errorf("byte %d changed, and it opens", n)
		}
	}
}

func TestKeyring_namesTheKeysWhenItHasAnother(t *testing.T) {
	t.Parallel()
	one, two := open(t), open(t)
	for name, err := range map[string]error{
		"open": func() error {
			_, err := two.Decrypt(one.Encrypt([]byte("x"), "row"),
				"row")
			return err
		}(),
		"verify": two.Verify(one.Proof()),
	} {
		var wrong *KeyError
		if !errors.As(err, &wrong) || wrong.Have != two.KeyID() || wrong.Want != one.KeyID() {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := one.Verify(one.Proof()); err != nil {
		t.Errorf("its own proof: %v", err)
	}
	if err := one.Verify(one.Encrypt(nil, "row")); !errors.Is(err, ErrDecrypt) {
		t.Errorf("something else as a proof: %v", err)
	}
}

func TestNewToken(t *testing.T) {
	t.Parallel()
	a, b := NewToken(32), NewToken(32)
	raw, err := base64.RawURLEncoding.DecodeString(a)
	if err != nil || len(raw) != 32 || a == b {
		t.Errorf("NewToken = %q, then %q", a, b)
	}
	if len(HashToken(a)) != 32 || bytes.Equal(HashToken(a), HashToken(b)) ||
		!bytes.Equal(HashToken(a), HashToken(a)) {
		t.Error("HashToken is not a hash")
	}
}

func TestDerive_isTheSameForTheSameKeyAndLabelAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "key")
	var twins [2]*Keyring
	for i := range twins {
		var err error
		if twins[i], err = Open(path); err != nil {
			t.Fatal(err)
		}
	}
	derived := twins[0].Derive("a")
	if !bytes.Equal(derived, twins[1].Derive("a")) {
		t.Error("two servers with one key derive different bytes")
	}
	if bytes.Equal(derived, twins[0].Derive("b")) {
		t.Error("two labels derive the same bytes")
	}
	if bytes.Equal(derived, open(t).Derive("a")) {
		t.Error("two keys derive the same bytes")
	}
}
