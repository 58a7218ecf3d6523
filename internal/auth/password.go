package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"towpath"
)

// The cost is OWASP's minimum for argon2id: 19 MiB, two passes, one lane.
// https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
const (
	argonMemory = 19 * 1024 // KiB
	argonTime   = 2
	argonLanes  = 1
	saltLength  = 16
	keyLength   = 32
)

// Limits of a password, in characters.
const (
	minPassword = 12
	maxPassword = 1024
)

// checkPassword validates a new password.
func checkPassword(field, password string) error {
	switch n := utf8.RuneCountInString(password); {
	case n < minPassword:
		return towpath.Invalid(field, "Use at least %d characters; a sentence is fine.", minPassword)
	case n > maxPassword:
		return towpath.Invalid(field, "Use at most %d characters.", maxPassword)
	}
	return nil
}

// hashing bounds concurrent hashing, since each hash takes 19 MiB and a core.
type hashing struct {
	once  sync.Once
	slots chan struct{}
}

func (h *hashing) key(
	ctx context.Context, password string, salt []byte, time, memory uint32, lanes uint8,
) ([]byte, error) {
	h.once.Do(func() { h.slots = make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2)) })
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait to hash a password: %w", ctx.Err())
	}
	defer func() { <-h.slots }()
	return argon2.IDKey([]byte(password), salt, time, memory, lanes, keyLength), nil
}

// hash makes the PHC string of a password with a new salt.
// https://github.com/P-H-C/phc-string-format/blob/master/phc-sf-spec.md
func (h *hashing) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltLength)
	rand.Read(salt) //nolint:errcheck // never fails
	key, err := h.key(ctx, password, salt, argonTime, argonMemory, argonLanes)
	if err != nil {
		return "", err
	}
	encode := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime,
		argonLanes, encode(salt), encode(key)), nil
}

// verify reports whether a password matches a PHC string. An empty PHC string matches nothing and
// takes equally long, so that timing does not reveal which e-mail addresses exist.
func (h *hashing) verify(ctx context.Context, phc, password string) (bool, error) {
	if len(password) > 4*maxPassword {
		password, phc = "", ""
	}
	if phc == "" {
		_, err := h.key(ctx, password, make([]byte, saltLength), argonTime, argonMemory, argonLanes)
		return false, err
	}
	var (
		version, memory, time uint32
		lanes                 uint8
	)
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, fmt.Errorf("read password hash: not argon2id in PHC form")
	}
	if _, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &memory, &time,
		&lanes); err != nil {
		return false, fmt.Errorf("read password hash: %w", err)
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, fmt.Errorf("read salt of password hash: %w", err)
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || len(want) != keyLength || version != argon2.Version || time == 0 || lanes == 0 {
		return false, fmt.Errorf("read password hash: unknown parameters")
	}
	got, err := h.key(ctx, password, salt, time, memory, lanes)
	return err == nil && subtle.ConstantTimeCompare(got, want) == 1, err
}
