package ast

// AlterTable changes a table.
type AlterTable struct {
	Table    Name     `json:"table"`
	Kind     string   `json:"kind,omitempty"` // table, view, index, sequence, … as written; "" for table
	IfExists bool     `json:"ifExists,omitempty"`
	Only     bool     `json:"only,omitempty"`
	Actions  []Action `json:"actions"`
	Options  []Option `json:"options,omitempty"` // MySQL's algorithm and lock
}

// ActionKind is a kind of Action.
type ActionKind string

// The kinds of actions, with the fields of Action that they use beside Pos.
const (
	AddColumn          ActionKind = "add column"        // Column, IfNotExists
	DropColumn         ActionKind = "drop column"       // Name, IfExists, Cascade
	RenameColumn       ActionKind = "rename column"     // Name, NewName
	ModifyColumn       ActionKind = "modify column"     // MySQL's MODIFY and CHANGE: Name, Column, Change
	SetType            ActionKind = "set type"          // Name, Type, Using, Collation
	SetDefault         ActionKind = "set default"       // Name, Default
	DropDefault        ActionKind = "drop default"      // Name
	SetNotNull         ActionKind = "set not null"      // Name
	DropNotNull        ActionKind = "drop not null"     // Name
	AddIdentity        ActionKind = "add identity"      // Name
	DropIdentity       ActionKind = "drop identity"     // Name
	SetExpression      ActionKind = "set expression"    // Name: a generated column's expression
	DropExpression     ActionKind = "drop expression"   // Name
	AddConstraint      ActionKind = "add constraint"    // Constraint, IfNotExists
	DropConstraint     ActionKind = "drop constraint"   // Name, Constraint.Kind if given, IfExists, Cascade
	ValidateConstraint ActionKind = "validate"          // Name
	AlterConstraint    ActionKind = "alter constraint"  // Name, Options (enforced)
	RenameConstraint   ActionKind = "rename constraint" // Name, NewName
	AddIndex           ActionKind = "add index"         // Index, IfNotExists
	DropIndex          ActionKind = "drop index"        // Name, IfExists
	RenameIndex        ActionKind = "rename index"      // Name, NewName
	AlterIndex         ActionKind = "alter index"       // Name, Options (visible, invisible)
	DropPrimaryKey     ActionKind = "drop primary key"  //
	RenameTable        ActionKind = "rename table"      // NewName, NewSchema
	SetSchema          ActionKind = "set schema"        // NewSchema
	SetOptions         ActionKind = "set options"       // Options: engine, charset, …; SET (…)
	ConvertCharset     ActionKind = "convert charset"   // Options: charset, collate
	SetLogged          ActionKind = "set logged"        //
	SetUnlogged        ActionKind = "set unlogged"      //
	SetAccessMethod    ActionKind = "set access method" // NewName
	SetTablespace      ActionKind = "set tablespace"    // NewName
	ReplicaIdentity    ActionKind = "replica identity"  // Name: full, nothing, default, index
	ClusterOn          ActionKind = "cluster on"        // Name
	AttachPartition    ActionKind = "attach partition"  // NewSchema, NewName
	DetachPartition    ActionKind = "detach partition"  // NewSchema, NewName, Concurrently
	AddPartition       ActionKind = "add partition"     // MySQL: Name is hash where it takes rows of others
	DropPartition      ActionKind = "drop partition"    // MySQL: Names
	TruncatePartition  ActionKind = "truncate partition"
	PartitionBy        ActionKind = "partition by"        // MySQL: Name is range, list, hash or key
	RemovePartitioning ActionKind = "remove partitioning" // MySQL
	AddVersioning      ActionKind = "add versioning"      // MariaDB
	DropVersioning     ActionKind = "drop versioning"     // MariaDB
	EnableTrigger      ActionKind = "enable trigger"      // Name
	DisableTrigger     ActionKind = "disable trigger"     // Name
	EnableRLS          ActionKind = "enable row security"
	DisableRLS         ActionKind = "disable row security"
	OwnerTo            ActionKind = "owner to"   // NewName
	Rebuild            ActionKind = "rebuild"    // MySQL's FORCE and ORDER BY
	OtherAction        ActionKind = "other"      // Name: the words
	AutoIncrementTo    ActionKind = "auto value" // MySQL's AUTO_INCREMENT = n: Name
)

// Action is one action of an ALTER TABLE.
type Action struct {
	Pos  Position   `json:"pos"`
	Kind ActionKind `json:"kind"`

	Name      string   `json:"name,omitempty"` // the column, constraint, index or trigger that is there
	Names     []string `json:"names,omitempty"`
	NewName   string   `json:"newName,omitempty"`
	NewSchema string   `json:"newSchema,omitempty"`

	Column     *Column     `json:"column,omitempty"`
	Constraint *Constraint `json:"constraint,omitempty"`
	Index      *Index      `json:"index,omitempty"`
	Type       *Type       `json:"type,omitempty"`
	Collation  string      `json:"collation,omitempty"`
	Using      *Expr       `json:"using,omitempty"`
	Default    *Expr       `json:"default,omitempty"`
	Options    []Option    `json:"options,omitempty"`

	Change       bool `json:"change,omitempty"` // written as CHANGE COLUMN
	IfExists     bool `json:"ifExists,omitempty"`
	IfNotExists  bool `json:"ifNotExists,omitempty"`
	Cascade      bool `json:"cascade,omitempty"`
	Concurrently bool `json:"concurrently,omitempty"`
}
