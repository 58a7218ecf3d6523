// Package ast is one tree for the statements of all dialects, as plain data. A parser of a dialect
// makes it, and the SQL review reads it. It holds what a rule may need and nothing else, so that it
// can pass from a parsing process to the server.
package ast

// Statement is one statement of a script. Exactly one of the pointers is set.
type Statement struct {
	Pos  Position `json:"pos"`            // of the statement's first word
	Text string   `json:"text,omitempty"` // as written, without the terminator

	CreateTable    *CreateTable    `json:"createTable,omitempty"`
	AlterTable     *AlterTable     `json:"alterTable,omitempty"`
	CreateIndex    *CreateIndex    `json:"createIndex,omitempty"`
	CreateView     *CreateView     `json:"createView,omitempty"`
	CreateSchema   *CreateSchema   `json:"createSchema,omitempty"`
	CreateSequence *CreateSequence `json:"createSequence,omitempty"`
	CreateType     *CreateType     `json:"createType,omitempty"`
	AlterEnum      *AlterEnum      `json:"alterEnum,omitempty"`
	CreateDomain   *CreateDomain   `json:"createDomain,omitempty"`
	AlterDomain    *AlterDomain    `json:"alterDomain,omitempty"`
	CreateRoutine  *CreateRoutine  `json:"createRoutine,omitempty"`
	CreateTrigger  *CreateTrigger  `json:"createTrigger,omitempty"`
	CreateEvent    *CreateEvent    `json:"createEvent,omitempty"`
	CreateOther    *CreateOther    `json:"createOther,omitempty"`
	Drop           *Drop           `json:"drop,omitempty"`
	Rename         *Rename         `json:"rename,omitempty"`
	Owner          *Owner          `json:"owner,omitempty"`
	Truncate       *Truncate       `json:"truncate,omitempty"`
	Comment        *Comment        `json:"comment,omitempty"`
	Grant          *Grant          `json:"grant,omitempty"`
	Maintain       *Maintain       `json:"maintain,omitempty"`
	Set            *Set            `json:"set,omitempty"`
	Transaction    *Transaction    `json:"transaction,omitempty"`
	Insert         *Insert         `json:"insert,omitempty"`
	Update         *Update         `json:"update,omitempty"`
	Delete         *Delete         `json:"delete,omitempty"`
	Select         *Select         `json:"select,omitempty"`
	Block          *Block          `json:"block,omitempty"`
	Other          *Other          `json:"other,omitempty"`
}

// Position is a place in a file.
type Position struct {
	Line   int `json:"line"`   // from 1
	Column int `json:"column"` // in characters, from 1
}

// Name is the name of an object, with its quotes taken off and in the case that the server keeps.
type Name struct {
	Catalog string `json:"catalog,omitempty"` // of a name in three parts
	Schema  string `json:"schema,omitempty"`  // "" when the statement does not say it; MySQL's database
	Name    string `json:"name"`
}

// String joins the parts with dots, without quotes.
func (n Name) String() string {
	name := n.Name
	if n.Schema != "" {
		name = n.Schema + "." + name
	}
	if n.Catalog != "" {
		name = n.Catalog + "." + name
	}
	return name
}

// Type is a column's type.
type Type struct {
	// in lower case and the server's own short word: integer, bigint, smallint, varchar, char,
	// text, timestamp, timestamptz, numeric, boolean, json, jsonb, enum, set, …; MySQL's int is
	// integer. A user's type has its name.
	Name   string   `json:"name"`
	Schema string   `json:"schema,omitempty"` // of a user's type, when the statement says it
	Args   []string `json:"args,omitempty"`   // length, precision and scale, or an integer's width
	Values []string `json:"values,omitempty"` // of ENUM and SET, in order
	Array  bool     `json:"array,omitempty"`
	Serial bool     `json:"serial,omitempty"` // written as serial; Name is the integer behind it

	Unsigned bool `json:"unsigned,omitempty"`
	Zerofill bool `json:"zerofill,omitempty"`
}

// Column is a column as a statement defines it.
type Column struct {
	Pos     Position `json:"pos"`
	Name    string   `json:"name"`
	Type    Type     `json:"type"`
	NotNull bool     `json:"notNull,omitempty"`
	Null    bool     `json:"null,omitempty"` // NULL is written out

	Default       *Expr     `json:"default,omitempty"`
	OnUpdate      *Expr     `json:"onUpdate,omitempty"` // MySQL's ON UPDATE CURRENT_TIMESTAMP
	Generated     Generated `json:"generated,omitempty"`
	Generation    *Expr     `json:"generation,omitempty"`
	Identity      string    `json:"identity,omitempty"` // always or default
	AutoIncrement bool      `json:"autoIncrement,omitempty"`

	Charset   string `json:"charset,omitempty"`
	Collation string `json:"collation,omitempty"`
	Comment   string `json:"comment,omitempty"`
	Invisible bool   `json:"invisible,omitempty"`

	First bool   `json:"first,omitempty"` // MySQL's FIRST
	After string `json:"after,omitempty"` // MySQL's AFTER

	Constraints []Constraint `json:"constraints,omitempty"` // written at the column
}

// Generated is how a column's value is made of others.
type Generated string

// The kinds of generated columns. The zero value is a plain column.
const (
	Stored  Generated = "stored"
	Virtual Generated = "virtual"
)

// Expr is an expression, as far as rules look into it.
type Expr struct {
	Text  string `json:"text"`            // as written, as well as the parser gives it back
	Const bool   `json:"const,omitempty"` // a literal, perhaps with a cast or a sign
	Null  bool   `json:"null,omitempty"`  // the literal NULL
	// names of functions that it calls, in lower case, with their schema when it is written; the
	// words that are functions without parentheses, such as current_timestamp, are among them
	Functions []string `json:"functions,omitempty"`
	Columns   []string `json:"columns,omitempty"` // names of columns that it reads
	Subquery  bool     `json:"subquery,omitempty"`
}

// ConstraintKind is a kind of constraint.
type ConstraintKind string

// The kinds of constraints. NOT NULL is a property of a column unless it has a name.
const (
	PrimaryKey ConstraintKind = "primary key"
	Unique     ConstraintKind = "unique"
	ForeignKey ConstraintKind = "foreign key"
	Check      ConstraintKind = "check"
	Exclude    ConstraintKind = "exclude"
	NotNull    ConstraintKind = "not null"
)

// Constraint is a constraint as a statement defines it.
type Constraint struct {
	Pos     Position       `json:"pos"`
	Kind    ConstraintKind `json:"kind"`
	Name    string         `json:"name,omitempty"` // "" when the server chooses it
	Columns []Key          `json:"columns,omitempty"`

	References *Reference `json:"references,omitempty"`
	Check      *Expr      `json:"check,omitempty"`

	// of the index that is made for it
	Method  string   `json:"method,omitempty"`
	Where   *Expr    `json:"where,omitempty"`
	Include []string `json:"include,omitempty"`

	UsingIndex  string `json:"usingIndex,omitempty"` // an index that is there already
	NotValid    bool   `json:"notValid,omitempty"`
	NotEnforced bool   `json:"notEnforced,omitempty"`
	Deferrable  bool   `json:"deferrable,omitempty"`
}

// Reference is what a foreign key refers to.
type Reference struct {
	Table    Name     `json:"table"`
	Columns  []string `json:"columns,omitempty"`  // empty: the primary key
	OnDelete string   `json:"onDelete,omitempty"` // cascade, set null, …; "" for no action
	OnUpdate string   `json:"onUpdate,omitempty"`
}

// Key is a part of an index: a column or an expression.
type Key struct {
	Column string `json:"column,omitempty"`
	Expr   *Expr  `json:"expr,omitempty"`
	Length int    `json:"length,omitempty"` // MySQL's prefix, in characters
	Desc   bool   `json:"desc,omitempty"`
}

// Option is a named setting of a table, an index or a type, its name in lower case.
type Option struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// CreateTable makes a table.
type CreateTable struct {
	Name        Name         `json:"name"`
	IfNotExists bool         `json:"ifNotExists,omitempty"`
	OrReplace   bool         `json:"orReplace,omitempty"`
	Temporary   bool         `json:"temporary,omitempty"`
	Unlogged    bool         `json:"unlogged,omitempty"`
	Columns     []Column     `json:"columns,omitempty"`
	Constraints []Constraint `json:"constraints,omitempty"`
	Indexes     []Index      `json:"indexes,omitempty"` // MySQL's KEY
	Options     []Option     `json:"options,omitempty"` // engine, charset, collate, comment, row_format, …; PostgreSQL's WITH

	PartitionBy string `json:"partitionBy,omitempty"` // range, list, hash, key; "" for a plain table
	PartitionOf *Name  `json:"partitionOf,omitempty"`
	Like        *Name  `json:"like,omitempty"`
	// what PostgreSQL's LIKE copies beside names and types: defaults, constraints, indexes, …
	Including []string `json:"including,omitempty"`
	Typed     bool     `json:"typed,omitempty"` // PostgreSQL's table OF a type
	As        *Select  `json:"as,omitempty"`
	Inherits  []Name   `json:"inherits,omitempty"`

	Virtual      string   `json:"virtual,omitempty"` // SQLite's module
	Strict       bool     `json:"strict,omitempty"`
	WithoutRowid bool     `json:"withoutRowid,omitempty"`
	Versioned    bool     `json:"versioned,omitempty"` // MariaDB's WITH SYSTEM VERSIONING
	Periods      []Period `json:"periods,omitempty"`   // MariaDB's PERIOD FOR
	Foreign      bool     `json:"foreign,omitempty"`   // PostgreSQL's foreign table
}

// Period is a time between two columns, by which MariaDB keeps rows apart.
type Period struct {
	Name string `json:"name"`
	From string `json:"from"`
	To   string `json:"to"`
}

// Index is an index as a statement defines it.
type Index struct {
	Pos       Position `json:"pos"`
	Name      string   `json:"name,omitempty"` // "" when the server chooses it
	Keys      []Key    `json:"keys"`
	Include   []string `json:"include,omitempty"`
	Unique    bool     `json:"unique,omitempty"`
	Method    string   `json:"method,omitempty"` // btree, hash, gin, …, fulltext, spatial; "" for the server's own
	Where     *Expr    `json:"where,omitempty"`
	Invisible bool     `json:"invisible,omitempty"`
	Comment   string   `json:"comment,omitempty"`
}

// CreateIndex makes an index.
type CreateIndex struct {
	Index
	Schema       string   `json:"schema,omitempty"` // of the index, in SQLite
	Table        Name     `json:"table"`
	Concurrently bool     `json:"concurrently,omitempty"`
	IfNotExists  bool     `json:"ifNotExists,omitempty"`
	OrReplace    bool     `json:"orReplace,omitempty"`
	Only         bool     `json:"only,omitempty"`    // of a partitioned parent alone
	Options      []Option `json:"options,omitempty"` // MySQL's algorithm and lock
}

// CreateView makes a view or a materialized view.
type CreateView struct {
	Name         Name    `json:"name"`
	Materialized bool    `json:"materialized,omitempty"`
	OrReplace    bool    `json:"orReplace,omitempty"`
	IfNotExists  bool    `json:"ifNotExists,omitempty"`
	Temporary    bool    `json:"temporary,omitempty"`
	Definer      string  `json:"definer,omitempty"` // MySQL
	Query        *Select `json:"query,omitempty"`
}

// CreateSchema makes a schema, or MySQL's database.
type CreateSchema struct {
	Name        string   `json:"name"`
	IfNotExists bool     `json:"ifNotExists,omitempty"`
	Database    bool     `json:"database,omitempty"`
	Options     []Option `json:"options,omitempty"` // charset, collate
}

// CreateSequence makes a sequence.
type CreateSequence struct {
	Name        Name `json:"name"`
	Temporary   bool `json:"temporary,omitempty"`
	IfNotExists bool `json:"ifNotExists,omitempty"`
}

// CreateType makes a type.
type CreateType struct {
	Name   Name     `json:"name"`
	Enum   bool     `json:"enum,omitempty"`
	Values []string `json:"values,omitempty"`
}

// AlterEnum adds or renames a value of an enum.
type AlterEnum struct {
	Name        Name   `json:"name"`
	Value       string `json:"value"`
	NewValue    string `json:"newValue,omitempty"` // set when Value is renamed
	Placed      bool   `json:"placed,omitempty"`   // BEFORE or AFTER is written
	Before      string `json:"before,omitempty"`
	After       string `json:"after,omitempty"`
	IfNotExists bool   `json:"ifNotExists,omitempty"`
}

// CreateDomain makes a domain.
type CreateDomain struct {
	Name        Name         `json:"name"`
	Type        Type         `json:"type"`
	NotNull     bool         `json:"notNull,omitempty"`
	Constraints []Constraint `json:"constraints,omitempty"`
}

// AlterDomain changes a domain.
type AlterDomain struct {
	Name       Name        `json:"name"`
	SetNotNull bool        `json:"setNotNull,omitempty"`
	Add        *Constraint `json:"add,omitempty"`
	Drop       string      `json:"drop,omitempty"`     // a constraint's name
	Validate   string      `json:"validate,omitempty"` // a constraint's name
}

// CreateRoutine makes a function or a procedure.
type CreateRoutine struct {
	Name       Name   `json:"name"`
	Procedure  bool   `json:"procedure,omitempty"`
	OrReplace  bool   `json:"orReplace,omitempty"`
	Definer    string `json:"definer,omitempty"`
	Language   string `json:"language,omitempty"`
	Body       string `json:"body,omitempty"`
	DynamicSQL bool   `json:"dynamicSQL,omitempty"` // the body puts SQL together and runs it, without quoting what it puts in
}

// CreateTrigger makes a trigger.
type CreateTrigger struct {
	Name      Name   `json:"name"`
	Temporary bool   `json:"temporary,omitempty"`
	Table     Name   `json:"table"`
	OrReplace bool   `json:"orReplace,omitempty"`
	Definer   string `json:"definer,omitempty"`
}

// CreateEvent makes one of MySQL's events.
type CreateEvent struct {
	Name    Name   `json:"name"`
	Definer string `json:"definer,omitempty"`
}

// CreateOther makes something that no rule looks into.
type CreateOther struct {
	Kind        string `json:"kind"` // extension, policy, role, publication, …
	Name        Name   `json:"name"`
	On          *Name  `json:"on,omitempty"` // the table of a policy
	IfNotExists bool   `json:"ifNotExists,omitempty"`
	OrReplace   bool   `json:"orReplace,omitempty"`
}

// Drop removes objects.
type Drop struct {
	Kind         string   `json:"kind"` // table, view, materialized view, index, schema, database, sequence, type, domain, function, procedure, trigger, event, …
	Names        []Name   `json:"names"`
	On           *Name    `json:"on,omitempty"` // the table of an index in MySQL, and of a trigger in PostgreSQL
	IfExists     bool     `json:"ifExists,omitempty"`
	Cascade      bool     `json:"cascade,omitempty"`
	Concurrently bool     `json:"concurrently,omitempty"`
	Temporary    bool     `json:"temporary,omitempty"`
	Options      []Option `json:"options,omitempty"` // MySQL's algorithm and lock
}

// Rename gives an object another name, where it is no action of ALTER TABLE.
type Rename struct {
	Kind  string   `json:"kind"` // table (MySQL's RENAME TABLE), schema, index, view, type, sequence, …
	Pairs []Naming `json:"pairs"`
}

// Naming is an old and a new name.
type Naming struct {
	From Name `json:"from"`
	To   Name `json:"to"`
}

// Owner gives an object to another role.
type Owner struct {
	Kind string `json:"kind"`
	Name Name   `json:"name"`
	Role string `json:"role"`
}

// Truncate empties tables.
type Truncate struct {
	Tables  []Name `json:"tables"`
	Cascade bool   `json:"cascade,omitempty"`
}

// Comment is COMMENT ON.
type Comment struct {
	Kind   string `json:"kind"` // table, column, …
	Name   Name   `json:"name"`
	Column string `json:"column,omitempty"`
	Text   string `json:"text"`
}

// Grant is GRANT or REVOKE of rights or roles.
type Grant struct {
	Revoke     bool     `json:"revoke,omitempty"`
	Rights     []string `json:"rights,omitempty"` // in lower case; "all"
	On         []Name   `json:"on,omitempty"`
	To         []string `json:"to,omitempty"`
	WithOption bool     `json:"withOption,omitempty"`
}

// Maintain is VACUUM, ANALYZE, CLUSTER, REINDEX, REFRESH MATERIALIZED VIEW, OPTIMIZE, REPAIR, CHECK.
type Maintain struct {
	Verb         string `json:"verb"`           // vacuum, analyze, cluster, reindex, refresh, optimize, …
	Kind         string `json:"kind,omitempty"` // of REINDEX: index, table, schema, database, system
	Tables       []Name `json:"tables,omitempty"`
	Full         bool   `json:"full,omitempty"`
	Concurrently bool   `json:"concurrently,omitempty"`
}

// Set changes a setting of the session, SQLite's PRAGMA included.
type Set struct {
	Name   string `json:"name"` // in lower case; "role" for SET ROLE, "names" for SET NAMES
	Value  string `json:"value,omitempty"`
	Local  bool   `json:"local,omitempty"`
	Global bool   `json:"global,omitempty"`
	Pragma bool   `json:"pragma,omitempty"`
}

// Transaction begins or ends a transaction.
type Transaction struct {
	Verb   string `json:"verb"`             // begin, commit, rollback, savepoint, release, rollback to, lock, unlock
	Tables []Name `json:"tables,omitempty"` // of lock
	Mode   string `json:"mode,omitempty"`   // of lock: share, access exclusive, …
}

// Insert writes rows. MySQL's REPLACE is among it.
type Insert struct {
	Table   Name     `json:"table"`
	Columns []string `json:"columns,omitempty"`
	Rows    int      `json:"rows,omitempty"` // of VALUES; 0 with a query
	Query   *Select  `json:"query,omitempty"`
	Upsert  bool     `json:"upsert,omitempty"`  // ON CONFLICT, ON DUPLICATE KEY, IGNORE or REPLACE
	Default bool     `json:"default,omitempty"` // DEFAULT VALUES

	Values    int      `json:"values,omitempty"` // of the first row of VALUES
	Functions []string `json:"functions,omitempty"`
}

// Update changes rows.
type Update struct {
	Tables  []Name   `json:"tables"`
	Set     []string `json:"set"` // names of columns in the order of the statement
	Where   *Where   `json:"where,omitempty"`
	Limit   bool     `json:"limit,omitempty"`
	OrderBy bool     `json:"orderBy,omitempty"`

	Functions []string `json:"functions,omitempty"` // that are called in SET
}

// Delete removes rows.
type Delete struct {
	Tables  []Name `json:"tables"`
	Where   *Where `json:"where,omitempty"`
	Limit   bool   `json:"limit,omitempty"`
	OrderBy bool   `json:"orderBy,omitempty"`
}

// Select is a query, with what its subqueries have summed up.
type Select struct {
	Tables      []Name   `json:"tables,omitempty"`
	Star        bool     `json:"star,omitempty"` // SELECT * or t.*
	Where       *Where   `json:"where,omitempty"`
	Limit       bool     `json:"limit,omitempty"`
	OrderByRand bool     `json:"orderByRand,omitempty"`
	Into        *Name    `json:"into,omitempty"` // PostgreSQL's SELECT INTO
	Functions   []string `json:"functions,omitempty"`
}

// Where is a condition.
type Where struct {
	Text            string     `json:"text"`
	Always          bool       `json:"always,omitempty"`          // a constant that is true, such as 1 = 1
	EqualNull       []Position `json:"equalNull,omitempty"`       // comparisons by = or <> with NULL
	LeadingWildcard []Position `json:"leadingWildcard,omitempty"` // LIKE '%…'
	// columns inside a function or a calculation that is compared
	Wrapped   []string `json:"wrapped,omitempty"`
	Operators int      `json:"operators,omitempty"` // of OR, and values of the longest IN list
	Functions []string `json:"functions,omitempty"`
}

// Block is a block of procedural code that runs at once: DO, CALL, BEGIN NOT ATOMIC.
type Block struct {
	Call       *Name  `json:"call,omitempty"`
	Language   string `json:"language,omitempty"`
	Body       string `json:"body,omitempty"`
	DynamicSQL bool   `json:"dynamicSQL,omitempty"`
}

// Other is a statement that no rule looks into.
type Other struct {
	Verb string `json:"verb"` // its leading words in upper case
}
