package rules

import (
	"slices"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/schema"
	"towpath/internal/sqlreview"
)

// charsetOf is the character set that a definition says, by its name or by that of a collation; "" when
// it says none.
func charsetOf(charset, collation string) string {
	if charset == "" {
		charset, _, _ = strings.Cut(collation, "_")
	}
	if charset = strings.ToLower(charset); charset == "utf8" {
		return "utf8mb3"
	}
	return charset
}

// tableCharset is the character set of a table's new columns; "" when it is not known.
func tableCharset(t *sqlreview.Table) string {
	return charsetOf(t.Options["charset"], t.Options["collate"])
}

// columnCharset is the character set of a column that is there; "" when it is not known.
func columnCharset(t *sqlreview.Table, c schema.TableColumn) string {
	if c.Type == "json" {
		return "utf8mb4"
	}
	if own := charsetOf(c.Charset, c.Collation); own != "" {
		return own
	}
	return tableCharset(t)
}

// textTypes are the types whose values have a character set.
var textTypes = []string{
	"char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set", "json",
}

// recoded reports whether a column's values are written again for another character set. MariaDB
// takes a text in utf8mb3 for one in utf8mb4, which it is.
// https://mariadb.com/kb/en/innodb-online-ddl-operations-with-the-instant-alter-algorithm/
func recoded(p *sqlreview.Pass, t *sqlreview.Table, c schema.TableColumn, to string) bool {
	from := columnCharset(t, c)
	if !slices.Contains(textTypes, c.Type) || from == to {
		return false
	}
	wider := p.Server.MariaDB && !p.Server.Version.Before(10, 4, 3) && from == "utf8mb3" && to == "utf8mb4"
	return !wider || c.Type == "enum" || c.Type == "set"
}

// resorted reports whether a column gets another order of its values in the same character set.
func resorted(t *sqlreview.Table, c schema.TableColumn, charset, collation string) bool {
	was := strings.ToLower(c.Collation)
	if was == "" && c.Charset == "" {
		was = strings.ToLower(t.Options["collate"])
	}
	return collation != "" && was != strings.ToLower(collation) && columnCharset(t, c) == charset
}

// charBytes is the most that a character takes.
func charBytes(charset string) int {
	switch charset {
	case "latin1", "ascii", "binary", "latin2", "latin5", "latin7", "cp1250", "cp1251", "cp1252", "koi8r":
		return 1
	case "utf8mb3":
		return 3
	}
	return 4
}

// indexed reports whether a column is part of an index.
func indexed(p *sqlreview.Pass, t *sqlreview.Table, name string) bool {
	return slices.ContainsFunc(t.Indexes, func(i schema.Index) bool { return has(p, i.Columns, name) })
}

// redefined is the character set that a definition gives a column, with the collation that it says.
func redefined(t *sqlreview.Table, c ast.Column) (charset, collation string) {
	if said := charsetOf(c.Charset, c.Collation); said != "" {
		return said, c.Collation
	}
	return tableCharset(t), ""
}
