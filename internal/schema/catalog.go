package schema

// Catalog is the content of a database, as far as a review needs it.
type Catalog struct {
	// Complete is true when the catalog lists everything in the database, so that a name that it
	// lacks does not exist. A review without a database begins with an empty catalog that is not
	// complete.
	Complete bool `json:"complete,omitempty"`
	// Path are the schemas in which a name without one is looked up, in order. The first is that of
	// new objects, and what is in it has no schema here. Empty is what the server takes by itself.
	Path []string `json:"path,omitempty"`
	// FoldCase says that the server takes no notice of case in the names of tables, where its kind
	// leaves that to its settings.
	FoldCase bool     `json:"foldCase,omitempty"`
	Charset  string   `json:"charset,omitempty"`   // of tables that name none
	Collate  string   `json:"collation,omitempty"` // the same
	Schemas  []string `json:"schemas,omitempty"`
	Tables   []Table  `json:"tables,omitempty"`
	Views    []Object `json:"views,omitempty"` // views and materialized views
	Types    []Type   `json:"types,omitempty"`
	Others   []Object `json:"others,omitempty"` // sequences, routines, triggers, events, domains
}

// Table is a table.
type Table struct {
	Schema      string            `json:"schema,omitempty"`
	Name        string            `json:"name"`
	Columns     []TableColumn     `json:"columns,omitempty"`
	Indexes     []Index           `json:"indexes,omitempty"`
	Constraints []Constraint      `json:"constraints,omitempty"`
	Options     map[string]string `json:"options,omitempty"` // engine, charset, collate, …, in lower case

	Partitioned bool   `json:"partitioned,omitempty"`
	PartitionOf string `json:"partitionOf,omitempty"`
	Temporary   bool   `json:"temporary,omitempty"`
	Versioned   bool   `json:"versioned,omitempty"`
	RowSecurity bool   `json:"rowSecurity,omitempty"`
	Unknown     bool   `json:"unknown,omitempty"` // its columns, indexes and constraints are not known

	Rows  int64 `json:"rows,omitempty"`  // the server's estimate; 0 when nothing is known
	Bytes int64 `json:"bytes,omitempty"` // with indexes; 0 when nothing is known
}

// TableColumn is a column of a table.
type TableColumn struct {
	Name    string   `json:"name"`
	Type    string   `json:"type"`           // the type's short word in lower case, such as varchar
	Args    []string `json:"args,omitempty"` // length, or precision and scale
	Values  []string `json:"values,omitempty"`
	Array   bool     `json:"array,omitempty"`
	NotNull bool     `json:"notNull,omitempty"`

	Default       string `json:"default,omitempty"`   // the expression's text; "" for none
	Generated     string `json:"generated,omitempty"` // stored or virtual
	Identity      bool   `json:"identity,omitempty"`
	AutoIncrement bool   `json:"autoIncrement,omitempty"`
	Unsigned      bool   `json:"unsigned,omitempty"`
	Charset       string `json:"charset,omitempty"`
	Collation     string `json:"collation,omitempty"`
	Comment       string `json:"comment,omitempty"`
	Invisible     bool   `json:"invisible,omitempty"` // MySQL: left out where no columns are named
}

// Index is an index of a table.
type Index struct {
	Name      string   `json:"name"`
	Columns   []string `json:"columns"`           // "" for an expression
	Lengths   []int    `json:"lengths,omitempty"` // MySQL's prefixes, beside Columns
	Unique    bool     `json:"unique,omitempty"`
	Method    string   `json:"method,omitempty"`
	Where     string   `json:"where,omitempty"`
	Invisible bool     `json:"invisible,omitempty"`
	Invalid   bool     `json:"invalid,omitempty"`
}

// Constraint is a constraint of a table.
type Constraint struct {
	Kind     string   `json:"kind"` // primary key, unique, foreign key, check, exclude, not null
	Name     string   `json:"name,omitempty"`
	Columns  []string `json:"columns,omitempty"`
	Table    string   `json:"table,omitempty"`  // that a foreign key refers to, with its schema
	Refers   []string `json:"refers,omitempty"` // the columns that it refers to
	Check    string   `json:"check,omitempty"`
	NotValid bool     `json:"notValid,omitempty"`
	Cascades bool     `json:"cascades,omitempty"` // ON DELETE CASCADE
}

// Type is a type that users have made.
type Type struct {
	Name   string   `json:"name"`
	Values []string `json:"values,omitempty"` // of an enum, in order
}
