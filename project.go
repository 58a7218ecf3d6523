package towpath

import (
	"regexp"
	"time"
)

// Project groups databases, people and the repositories that change those databases.
type Project struct {
	ID          string
	Name        string        // unique, "Shop"
	LockTimeout time.Duration // how long its changes wait for locks; 0 inherits the environment's
	// how long one statement of its changes may take; 0 inherits the environment's
	StatementTimeout time.Duration
	CreatedAt        time.Time

	// whether the files of branches are tried in scratch databases
	Rehearse bool
	// the instance on which that happens; "" is that of the first database that gets the files
	RehearsalInstanceID string
}

// Validate checks the project's fields except its name.
func (p Project) Validate() error {
	return firstError(checkLimit("lockTimeout", p.LockTimeout, MaxLockTimeout),
		checkLimit("statementTimeout", p.StatementTimeout, MaxStatementTimeout))
}

// Environment is a stage that changes pass through, in ascending Position.
type Environment struct {
	ID        string
	Name      string // unique, what {{ENV_ID}} matches: "test", "prod"
	Position  int    // 0 is first
	CreatedAt time.Time

	LockTimeout         time.Duration // how long changes wait for locks here; 0 inherits the server's
	StatementTimeout    time.Duration // how long one statement may take here; 0 inherits the server's
	MaxLockTimeout      time.Duration // the most that a project or a file may ask for; 0 is MaxLockTimeout
	MaxStatementTimeout time.Duration

	// whether migrations may change roles and users of the servers here, except an instance's own
	AllowRoles bool

	Variables Variables // for the placeholders of files

	Gate // what the changes of a rollout need before they start

	// how much the findings of the SQL review matter here
	Review ReviewPolicy
}

var environmentName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// Validate checks the environment's own fields.
func (e Environment) Validate() error {
	if !environmentName.MatchString(e.Name) {
		return Invalid("name", "Use 1 to 63 lower-case letters, digits and dashes, such as \"staging\": "+
			"file paths contain it as {{ENV_ID}}.")
	}
	if err := firstError(e.Gate.validate(), e.Variables.Validate()); err != nil {
		return err
	}
	if err := firstError(
		checkLimit("lockTimeout", e.LockTimeout, MaxLockTimeout),
		checkLimit("statementTimeout", e.StatementTimeout, MaxStatementTimeout), checkLimit("maxLockTimeout",
			e.MaxLockTimeout, MaxLockTimeout), checkLimit("maxStatementTimeout", e.MaxStatementTimeout,
			MaxStatementTimeout),
	); err != nil {
		return err
	}
	return firstError(
		checkBelow("lockTimeout", e.LockTimeout, e.MaxLockTimeout),
		checkBelow("statementTimeout", e.StatementTimeout, e.MaxStatementTimeout),
	)
}

// EngineType names a kind of target database.
type EngineType string

const (
	EngineSQLite   EngineType = "sqlite"
	EnginePostgres EngineType = "postgres"
	EngineMySQL    EngineType = "mysql" // MariaDB too, by flavor
)

// Instance is a database server, or for SQLite a folder of database files, in one environment.
type Instance struct {
	ID                string
	Name              string // unique
	Engine            EngineType
	EnvironmentID     string
	Address           string // host:port, or for SQLite a folder below the configured root
	Username          string
	EncryptedPassword []byte
	PasswordFrom      string            // env:NAME or file:/path, read when it is needed; "" for the encrypted one
	Options           map[string]string // engine-specific: TLS mode, ledger schema, …
	CheckedAt         *time.Time
	CheckError        string // the result of the last failed check; "" when it passed
	CreatedAt         time.Time
}

// Database is one target. It belongs to at most one project; a discovered database is unassigned
// until a person assigns it.
type Database struct {
	ID            string
	InstanceID    string
	EnvironmentID string     // its instance's, copied so that plans need no join
	Name          string     // what {{DB_NAME}} matches; for SQLite the file's name without its extension
	ProjectID     string     // "" while unassigned
	AssignedAt    *time.Time // when it was assigned to its project; nil while unassigned
	Lease         Lease      // of the process that changes the target now
	Ledger        LedgerSnapshot
	MissingAt     *time.Time // when discovery no longer found it
	CreatedAt     time.Time

	History          *AcceptedHistory // nil when none was accepted
	HistoryWrittenAt *time.Time       // when it was first seen that another tool has written since
}

// LedgerSnapshot is a target's ledger as last read.
type LedgerSnapshot struct {
	At        *time.Time    // nil: never read
	Error     Reason        // why the last reading failed; zero when it succeeded
	Entries   []LedgerEntry // as of At
	Populated bool          // the target has tables of its own and no ledger rows

	Number int64  // of the newest known write; 0 for none
	Seal   string // of the head row then
	// "" when the ledger matches what was written; otherwise Entries are older than the trouble
	Trouble LedgerTrouble
	Differs []Reason // of a Trouble: the differences, the first 20

	HistoryMark string // of the database's AcceptedHistory; "" when it has none or was not read

	Requested int64 // how often a new reading was requested
	Served    int64 // Requested when the reading of At began
}

// Fresh reports whether the snapshot is of a reading that succeeded, that is younger than age, and
// that began after the last request for one.
func (s LedgerSnapshot) Fresh(now time.Time, age time.Duration) bool {
	return s.At != nil && s.Error.IsZero() && s.Served >= s.Requested && now.Sub(*s.At) < age
}
