// Package convention recognizes the tools that have laid out the migrations of a repository, from
// its paths alone, and proposes the settings of a link that fit their files. It is pure.
package convention

import "towpath"

// Tool is the code of a tool, or of a convention that several tools share.
type Tool string

// Conventions of SQL files, which a link can run.
const (
	Towpath       Tool = "towpath"
	Bytebase      Tool = "bytebase"
	Flyway        Tool = "flyway"
	GolangMigrate Tool = "golang-migrate"
	Goose         Tool = "goose"
	DBMate        Tool = "dbmate"
	SQLMigrate    Tool = "sql-migrate"
	Tern          Tool = "tern"
	SQLx          Tool = "sqlx"
	Prisma        Tool = "prisma"
	Diesel        Tool = "diesel"
	Atlas         Tool = "atlas"
	Drizzle       Tool = "drizzle"
	Supabase      Tool = "supabase"
	NodePgMigrate Tool = "node-pg-migrate"
	Numbered      Tool = "numbered" // a number and a name: goose, dbmate, sql-migrate and many more
	NumberedDirs  Tool = "numbered-folders"
	UpDownDirs    Tool = "up-down-folders"
)

// Conventions that a link cannot run.
const (
	Liquibase  Tool = "liquibase"
	Sqitch     Tool = "sqitch"
	Rails      Tool = "rails"
	Django     Tool = "django"
	Alembic    Tool = "alembic"
	Knex       Tool = "knex"
	Sequelize  Tool = "sequelize"
	TypeORM    Tool = "typeorm"
	Laravel    Tool = "laravel"
	Ecto       Tool = "ecto"
	EFCore     Tool = "ef-core"
	GooseGo    Tool = "goose-go"
	JavaScript Tool = "javascript" // of Knex, node-pg-migrate and others, which names do not tell apart
)

// titles are the tools' own names.
var titles = map[Tool]string{
	Towpath: "Towpath", Bytebase: "Bytebase", Flyway: "Flyway", GolangMigrate: "golang-migrate",
	Goose: "goose", DBMate: "dbmate", SQLMigrate: "sql-migrate", Tern: "tern", SQLx: "SQLx",
	Prisma: "Prisma", Diesel: "Diesel", Atlas: "Atlas", Drizzle: "Drizzle", Supabase: "Supabase",
	NodePgMigrate: "node-pg-migrate", Numbered: "Numbered SQL files",
	NumberedDirs: "Numbered SQL files in numbered folders", UpDownDirs: "Folders with up.sql and down.sql",
	Liquibase: "Liquibase", Sqitch: "Sqitch", Rails: "Rails", Django: "Django", Alembic: "Alembic",
	Knex: "Knex", Sequelize: "Sequelize", TypeORM: "TypeORM", Laravel: "Laravel", Ecto: "Ecto",
	EFCore: "EF Core", GooseGo: "goose (Go)",
	JavaScript: "JavaScript",
}

// Title returns the name of the tool as it writes it.
func (t Tool) Title() string { return titles[t] }

// Tools lists all conventions in the order in which the documentation has them.
func Tools() []Tool {
	return []Tool{
		Towpath, Bytebase, Flyway, GolangMigrate, Goose, DBMate, SQLMigrate, Tern, SQLx, Prisma, Diesel,
		Atlas, Drizzle, Supabase, NodePgMigrate, Numbered, NumberedDirs, UpDownDirs,
		Liquibase, Sqitch, Rails, Django, Alembic, Knex, Sequelize, TypeORM, Laravel, Ecto, EFCore, GooseGo,
		JavaScript,
	}
}

// Found is a convention in one folder of a repository, with the settings that fit it.
type Found struct {
	Tool Tool
	// BaseDirectory, Template and Exclude are settings of a link. Template is "" when a link cannot
	// run the files.
	BaseDirectory string
	Template      string
	Exclude       []string

	Fit      int      // files that become migrations
	Fits     []string // the first of them
	Other    int      // other SQL files below the base directory, which do not run
	Others   []string // the first of them
	Excluded int      // files that Exclude leaves out, such as the way back
	Because  []string // files that told the tool from others; may be empty
}

// Runs reports whether a link can run the files.
func (f Found) Runs() bool { return f.Template != "" }

// Placeholders are a setting of a link: Flyway replaces them unless it is told not to.
func (f Found) Placeholders() towpath.Placeholders {
	if f.Tool == Flyway {
		return towpath.PlaceholdersFlyway
	}
	return towpath.PlaceholdersNone
}

// Note says why a link cannot run the files, and what to do; none when it can.
func (f Found) Note() towpath.Reason {
	if f.Runs() {
		return towpath.Reason{}
	}
	return towpath.Why(towpath.ReasonNotSQLFiles, "tool", f.Tool.Title())
}

const (
	maxPaths    = 200_000 // further paths are not looked at
	maxFound    = 20
	maxExamples = 3
)
