package statement

import "strings"

const (
	wayOut   = " Correct it, or reword the comment if it is only a note."
	indented = "A marker must begin its line, without blanks before it. Remove the blanks."
)

// gooseMarker reads "-- +goose Up" and its like as goose does.
// https://github.com/pressly/goose/blob/main/internal/sqlparser/parser.go
func gooseMarker(c comment) marker {
	m := marker{format: FormatGoose}
	switch command, isFirst := gooseCommand(c); {
	case c.indented():
		m.why = indented
	case !isFirst:
		m.why = "goose does not understand this comment with +goose in it." + wayOut
	case command == "UP":
		m.act = actUp
	case command == "DOWN":
		m.act = actDown
	case command == "STATEMENTBEGIN":
		m.act = actBegin
	case command == "STATEMENTEND":
		m.act = actEnd
	case command == "NO TRANSACTION":
		m.noTx = true
	case command == "ENVSUB ON":
		m.why = "Towpath puts variables into the files of a link whose setting \"Placeholders in files\" is " +
			"goose. Choose that, or write the values and remove -- +goose ENVSUB ON."
	case command == "ENVSUB OFF":
	default:
		m.why = "goose has no marker like this." + wayOut
	}
	return m
}

// gooseCommand returns the words of a marker in upper case, and whether they follow +goose.
func gooseCommand(c comment) (command string, isFirst bool) {
	command, isFirst = strings.CutPrefix(strings.TrimLeft(c.line, "- \t"), "+goose")
	return strings.ToUpper(strings.TrimSpace(command)), isFirst
}

// dbmateMarker reads "-- migrate:up" and "-- migrate:down".
// https://github.com/amacneil/dbmate/blob/main/pkg/dbmate/migration.go
func dbmateMarker(c comment) marker {
	m := marker{format: FormatDbmate}
	fields := strings.Fields(strings.TrimPrefix(c.line, "--"))
	if c.indented() {
		m.why = indented
		return m
	}
	switch fields[0] {
	case "migrate:up":
		m.act = actUp
	case "migrate:down":
		m.act = actDown
	default:
		m.why = "dbmate has only the markers migrate:up and migrate:down." + wayOut
		return m
	}
	for i, option := range fields[1:] {
		switch {
		case m.act == actDown && i > 0:
			m.why = "dbmate reads one option of migrate:down, and ignores the marker when there are more."
		case option == "transaction:false":
			m.noTx, m.downNoTx = m.act == actUp, m.act == actDown
		case option == "transaction:true":
		default:
			m.why = "dbmate has no option " + shorten(option) +
				" here. Use transaction:false, or remove the option."
		}
	}
	return m
}

// sqlMigrateMarker reads "-- +migrate Up" and its like.
// https://github.com/rubenv/sql-migrate/blob/master/sqlparse/sqlparse.go
func sqlMigrateMarker(c comment) marker {
	m := marker{format: FormatSQLMigrate}
	rest, exact := strings.CutPrefix(c.line, "-- +migrate ")
	fields := strings.Fields(rest)
	if !exact || len(fields) == 0 {
		m.why = "sql-migrate wants its markers at the start of a line, as in -- +migrate Up." + wayOut
		return m
	}
	switch fields[0] {
	case "Up":
		m.act = actUp
	case "Down":
		m.act = actDown
	case "StatementBegin":
		m.act = actBegin
	case "StatementEnd":
		m.act = actEnd
	default:
		m.why = "sql-migrate has no marker like this, and ignores it." + wayOut
		return m
	}
	for _, option := range fields[1:] {
		if option != "notransaction" {
			m.why = "sql-migrate has no option " + shorten(option) +
				" here. Use notransaction, or remove the option."
		}
		m.noTx, m.downNoTx = m.noTx || m.act == actUp, m.downNoTx || m.act == actDown
	}
	return m
}

// ternMarker reads the marker between the two parts of a file, and the one that turns the
// transaction off. https://github.com/jackc/tern#migrations
func ternMarker(c comment) marker {
	m := marker{format: FormatTern}
	switch {
	case c.line == "---- create above / drop below ----":
		m.act = actDown
	case c.line == "---- tern: disable-tx ----" && c.cr:
		m.why = "tern reads this marker only where lines end with a line feed alone. Save the file with LF."
	case c.line == "---- tern: disable-tx ----":
		m.noTx = true
	default:
		m.why = "tern wants its markers alone on a line, as in ---- create above / drop below ----." + wayOut
	}
	return m
}

// nodePgMigrateMarker reads "-- Up Migration" and "-- Down Migration".
// https://salsita.github.io/node-pg-migrate/migrations
func nodePgMigrateMarker(c comment) marker {
	m := marker{format: FormatNodePgMigrate, act: actUp}
	if strings.HasPrefix(c.words, "DOWN") {
		m.act = actDown
	}
	if c.words != "UP MIGRATION" && c.words != "DOWN MIGRATION" {
		m.why = "node-pg-migrate begins a part of the file here. Leave only the words of the marker, " +
			"or reword the comment if it is only a note."
	}
	return m
}

// atlasMarker reads Atlas's directives. https://atlasgo.io/versioned/troubleshoot
func atlasMarker(c comment, firstLine bool) marker {
	m := marker{format: FormatAtlas}
	name, _, _ := strings.Cut(strings.TrimPrefix(c.words, "ATLAS:"), " ")
	value := c.argument("atlas:" + name)
	switch {
	case c.indented():
		m.why = indented
	case name == "TXMODE" && value == "none":
		m.noTx = true
	case name == "TXMODE" && (value == "file" || value == "all"):
	case name == "DELIMITER" && (!firstLine || !strings.HasPrefix(c.line, "-- atlas:delimiter ")):
		m.why = "Atlas reads its delimiter on the first line only. Move it there, or remove it."
	case name == "DELIMITER":
		m.delimiter, m.why = atlasDelimiter(value)
	default:
		m.why = "Towpath understands only txmode, delimiter and nolint of Atlas's directives." + wayOut
	}
	return m
}

// atlasDelimiter reads a delimiter, which is lines' ends only, or a comment on a line of its own.
func atlasDelimiter(value string) (delimiter, why string) {
	delimiter = strings.ReplaceAll(value, `\n`, "\n")
	lines := strings.Trim(delimiter, "\n")
	if delimiter == ";" {
		return "", ""
	}
	isComment := strings.HasPrefix(lines, "--") && !strings.Contains(lines, "\n")
	if isComment || lines == "" && len(delimiter) > 1 {
		return delimiter, ""
	}
	return "", "This delimiter is not understood. Use empty lines (\\n\\n\\n), a comment (-- end), " +
		"or end each statement with a semicolon."
}

// shorten bounds a word of a file in a message.
func shorten(word string) string {
	const most = 40
	if runes := []rune(word); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return word
}
