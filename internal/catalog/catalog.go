// Package catalog manages the instances and databases that migrations run in. It checks
// connections, discovers databases, assigns them to projects and reads their ledgers. It never
// writes to a target; only package executor does.
package catalog

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/secret"
	"towpath/internal/store"
)

// Service manages the catalog. It is safe for concurrent use.
type Service struct {
	Store   *store.Store
	Keyring *secret.Keyring
	Secrets secret.References // for passwords that are kept elsewhere
	Engines map[towpath.EngineType]engine.Engine
	Timeout time.Duration // of one operation on one database or instance; 0 is 10 s
	Logger  *slog.Logger

	CheckSchemas time.Duration // how often each schema is checked; 0 never

	checking atomic.Int32 // schemas that are checked now
	versions sync.Map     // of servers, by the ids of their instances
}

func (s *Service) timeout() time.Duration { return cmp.Or(s.Timeout, 10*time.Second) }

// Kinds describes the kinds of databases that this server can add, ordered by name.
func (s *Service) Kinds() []engine.Description {
	var kinds []engine.Description
	for _, e := range s.Engines {
		kinds = append(kinds, e.Describe())
	}
	slices.SortFunc(kinds, func(a, b engine.Description) int { return strings.Compare(a.Name, b.Name) })
	return kinds
}

// atOnce bounds how many ledgers are read concurrently.
const atOnce = 8

// InstanceSpec is a person's input about an instance.
type InstanceSpec struct {
	Name          string
	Engine        towpath.EngineType
	EnvironmentID string
	Address       string // host:port, or for SQLite a folder below the configured root
	Username      string
	Password      string // "" keeps the password of a saved instance
	PasswordFrom  string // in place of a password: env:NAME or file:/path
	Options       map[string]string
}

func (spec InstanceSpec) trimmed() InstanceSpec {
	spec.Name, spec.Address, spec.Username = strings.TrimSpace(spec.Name), strings.TrimSpace(spec.Address),
		strings.TrimSpace(spec.Username)
	return spec
}

// validate checks each field by itself. The engine checks whether they work.
func (spec InstanceSpec) validate() error {
	if n := utf8.RuneCountInString(spec.Name); n < 1 || n > 100 {
		return towpath.Invalid("name", "Give the instance a name of 1 to 100 characters.")
	}
	for field, value := range map[string]string{
		"address": spec.Address, "username": spec.Username,
		"password": spec.Password, "passwordFrom": spec.PasswordFrom,
	} {
		if len(value) > 2000 {
			return towpath.Invalid(field, "Use at most 2000 characters.")
		}
	}
	if spec.Address == "" {
		return towpath.Invalid("address", "Enter the address of the instance.")
	}
	if spec.Password != "" && spec.PasswordFrom != "" {
		return towpath.Invalid("passwordFrom", "Give either a password, or where it is read from.")
	}
	if len(spec.Options) > 50 {
		return towpath.Invalid("options", "Use at most 50 options.")
	}
	return nil
}

// login returns the login of an instance that need not be saved. CodeInvalid when its password cannot
// be read from where it says.
func (s *Service) login(spec InstanceSpec) (t engine.Target, err error) {
	t = engine.Target{
		Address:  spec.Address,
		Username: spec.Username,
		Password: spec.Password,
		Options:  spec.Options,
	}
	if spec.PasswordFrom != "" {
		if t.Password, err = s.Secrets.Resolve(spec.PasswordFrom); err != nil {
			return t, towpath.Invalid("passwordFrom", "The password cannot be read: %v.", err)
		}
	}
	return t, nil
}

func (s *Service) engine(kind towpath.EngineType) (engine.Engine, error) {
	e, ok := s.Engines[kind]
	if !ok {
		return nil, towpath.Invalid("engine", "This server does not support %q databases.", kind)
	}
	return e, nil
}

func (s *Service) encrypt(instanceID, password string) []byte {
	if password == "" {
		return nil
	}
	return s.Keyring.Encrypt([]byte(password), secret.PasswordRow(instanceID))
}

// target returns the engine and the login of a saved instance. CodeUnavailable when the password
// cannot be decrypted, or read from where it is kept.
func (s *Service) target(i towpath.Instance) (engine.Engine, engine.Target, error) {
	e, err := s.engine(i.Engine)
	if err != nil {
		return nil, engine.Target{}, err
	}
	t := engine.Target{Address: i.Address, Username: i.Username, Options: i.Options}
	if t.Password, err = s.Secrets.Password(s.Keyring, i.ID, i.EncryptedPassword, i.PasswordFrom); err != nil {
		return nil, t, towpath.Errorf(towpath.CodeUnavailable, "The password of instance %s %v.", i.Name, err)
	}
	return e, t, nil
}

// databaseTarget returns the instance of a saved database, its engine and the login into the
// database. CodeNotFound when there is no such database, otherwise as target.
func (s *Service) databaseTarget(
	ctx context.Context, databaseID string,
) (i towpath.Instance, e engine.Engine, t engine.Target, err error) {
	var d towpath.Database
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		if d, err = tx.Database(ctx, databaseID); err != nil {
			return err
		}
		i, err = tx.Instance(ctx, d.InstanceID)
		return err
	})
	if err != nil {
		return i, nil, t, err
	}
	e, t, err = s.target(i)
	t.Database = d.Name
	return i, e, t, err
}

// wake schedules a new plan for each of a project's links.
func wake(ctx context.Context, tx *store.Tx, projectID string) error {
	if projectID == "" {
		return nil
	}
	return tx.WakeLinks(ctx, projectID, "")
}

// allDatabases lists every database of an instance.
func allDatabases(ctx context.Context, tx *store.Tx, instanceID string) ([]towpath.Database, error) {
	return store.All(tx.EveryDatabase(ctx, store.DatabaseFilter{InstanceID: instanceID}))
}
