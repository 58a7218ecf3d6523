package secret

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// maxReferenced bounds a secret that is read from elsewhere, in bytes.
const maxReferenced = 2000

// References reads secrets that are kept outside of the metadata: "env:NAME" is an environment
// variable of this process, "file:/path" a file. Its zero value allows none. What may be read is
// limited, since whoever names a reference may have the secret sent to an address of theirs.
type References struct {
	Prefix string // that names of variables begin with; "" allows no variables
	Folder string // that files are below; "" allows no files
	Lookup func(name string) (value string, ok bool)
}

// Resolve returns the secret that a reference names. Its error is for people, and has no secrets.
func (r References) Resolve(reference string) (string, error) {
	if name, ok := strings.CutPrefix(reference, "env:"); ok {
		return r.variable(name)
	}
	if path, ok := strings.CutPrefix(reference, "file:"); ok {
		return r.file(path)
	}
	return "", fmt.Errorf("%q is neither env:NAME nor file:/path", reference)
}

// Password returns the password of an instance: what from names, or where that is "" the one that is
// stored encrypted; "" for none. Its error is for people, and goes on behind the name of the instance.
func (r References) Password(k *Keyring, instanceID string, encrypted []byte, from string) (string, error) {
	if from != "" {
		password, err := r.Resolve(from)
		if err != nil {
			return "", fmt.Errorf("cannot be read: %w", err)
		}
		return password, nil
	}
	if len(encrypted) == 0 {
		return "", nil
	}
	password, err := k.Decrypt(encrypted, PasswordRow(instanceID))
	if err != nil {
		return "", errors.New("cannot be decrypted with this server's key. Enter it again")
	}
	return string(password), nil
}

// PasswordRow is the row under which the password of an instance is encrypted.
func PasswordRow(instanceID string) string { return "instance/" + instanceID + "/password" }

func (r References) variable(name string) (string, error) {
	switch {
	case r.Prefix == "" || r.Lookup == nil:
		return "", errors.New("this server reads no passwords from its environment; " +
			"--secret-env-prefix would let it")
	case !strings.HasPrefix(name, r.Prefix):
		return "", fmt.Errorf("this server reads only environment variables that begin with %s", r.Prefix)
	}
	value, ok := r.Lookup(name)
	if !ok || value == "" {
		return "", fmt.Errorf("the environment variable %s is not set for this server", name)
	}
	return checkReferenced(value, name)
}

// file reads a file of the folder. A link may lead to another place in it, as in a secret that
// Kubernetes mounts, and not outside.
func (r References) file(path string) (string, error) {
	if r.Folder == "" {
		return "", errors.New("this server reads no passwords from files; --secret-files would let it")
	}
	relative, err := filepath.Rel(r.Folder, path)
	if err != nil || !filepath.IsAbs(path) || !filepath.IsLocal(relative) {
		return "", fmt.Errorf("this server reads only files below %s", r.Folder)
	}
	folder, err := os.OpenRoot(r.Folder)
	if err != nil {
		return "", fmt.Errorf("the folder %s cannot be opened", r.Folder)
	}
	defer func() { _ = folder.Close() }() // nothing was written
	info, err := folder.Stat(relative)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("there is no file %s", path)
	}
	if err == nil && !info.Mode().IsRegular() { // to open a pipe would wait for its writer
		return "", fmt.Errorf("%s is not a file", path)
	}
	f, err := folder.Open(relative)
	if err != nil {
		return "", fmt.Errorf("the file %s cannot be opened by this server", path)
	}
	defer func() { _ = f.Close() }() // nothing was written
	text, err := io.ReadAll(io.LimitReader(f, maxReferenced+2))
	if err != nil {
		return "", fmt.Errorf("the file %s cannot be read", path)
	}
	return checkReferenced(strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r"), path)
}

func checkReferenced(value, from string) (string, error) {
	switch {
	case value == "":
		return "", fmt.Errorf("%s is empty", from)
	case len(value) > maxReferenced:
		return "", fmt.Errorf("%s has more than %d characters", from, maxReferenced)
	}
	return value, nil
}
