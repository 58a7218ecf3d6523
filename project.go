package towpath

import (
	"regexp"
	"time"
)

// Project groups databases, people and the repositories that change those databases.
type Project struct {
	ID               string
	Name             string        // unique, "Shop"
	LockTimeout      time.Duration // how long its changes wait for locks; 0 leaves it to the environment
	StatementTimeout time.Duration // how long one statement of its changes may take; 0 likewise
	CreatedAt        time.Time
}

// Validate says what is wrong with the project's own fields, the name apart.
func (p Project) Validate() error {
	return firstError(checkLimit("lockTimeout", p.LockTimeout, HighestLockTimeout), checkLimit("statementTimeout", p.StatementTimeout, HighestStatementTimeout))
}

// Environment is a stage that changes pass through, in ascending Position.
type Environment struct {
	ID        string
	Name      string // unique, what {{ENV_ID}} matches: "test", "prod"
	Position  int    // 0 is first
	CreatedAt time.Time

	LockTimeout         time.Duration // how long changes wait for locks here; 0 leaves it to the server
	StatementTimeout    time.Duration // how long one statement may take here; 0 likewise
	MaxLockTimeout      time.Duration // what a project or a file may ask for at most; 0 is HighestLockTimeout
	MaxStatementTimeout time.Duration

	AllowRoles bool // whether migrations may change roles and users of the servers here, never an instance's own
}

var environmentName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// Validate says what is wrong with the environment's own fields.
func (e Environment) Validate() error {
	if !environmentName.MatchString(e.Name) {
		return Invalid("name", "Use 1 to 63 lower-case letters, digits and dashes, such as \"staging\": file paths contain it as {{ENV_ID}}.")
	}
	if err := firstError(
		checkLimit("lockTimeout", e.LockTimeout, HighestLockTimeout), checkLimit("statementTimeout", e.StatementTimeout, HighestStatementTimeout),
		checkLimit("maxLockTimeout", e.MaxLockTimeout, HighestLockTimeout), checkLimit("maxStatementTimeout", e.MaxStatementTimeout, HighestStatementTimeout),
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
	ID             string
	Name           string // unique
	Engine         EngineType
	EnvironmentID  string
	Address        string // host:port, or for SQLite a folder below the configured root
	Username       string
	SealedPassword []byte
	Options        map[string]string // the engine's own: TLS mode, ledger schema, …
	CheckedAt      *time.Time
	CheckError     string // plain words of the last failed check; "" when it was fine
	CreatedAt      time.Time
}

// Database is one target. It belongs to at most one project; a discovered one is unassigned until somebody assigns it.
type Database struct {
	ID            string
	InstanceID    string
	EnvironmentID string     // its instance's, kept beside it so that plans need no join
	Name          string     // what {{DB_NAME}} matches; for SQLite the file's name without its ending
	ProjectID     string     // "" while unassigned
	AssignedAt    *time.Time // when it came to its project; nil while unassigned
	Lease         Lease      // of the process that changes the target now
	Ledger        LedgerSnapshot
	MissingAt     *time.Time // when discovery no longer found it
	CreatedAt     time.Time
}

// LedgerSnapshot is what the ledger in the target said when it was last asked.
type LedgerSnapshot struct {
	At        *time.Time    // nil: never read
	Error     string        // why the last reading failed, in plain words; "" when it did not
	Entries   []LedgerEntry // as of At
	Populated bool          // the target has tables of its own, and not one row of a ledger

	Number  int64         // of the newest write that we know of; 0 for none
	Seal    string        // of the row that summed up the ledger then
	Trouble LedgerTrouble // "" when the ledger is as it was written; else Entries are those before
	Differs string        // of a Trouble: what is not as it was, in plain words
}
