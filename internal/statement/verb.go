package statement

// Verb finds a statement's leading key words in its tokens. The zero value is ready.
type Verb struct {
	first  string
	second string
	with   bool
	depth  int
	closed bool
}

// Add reads the next token.
func (v *Verb) Add(t Token) {
	switch {
	case t.Is('('):
		v.depth++
	case t.Is(')'):
		v.depth--
	}
	word := t.Upper()
	if v.closed || v.depth > 0 {
		return
	}
	switch {
	case v.with:
		if mainVerb(word) {
			v.first, v.closed = word, true
		}
	case v.first == "":
		v.start(word)
	case word == "MATERIALIZED":
		v.second, v.closed = "MATERIALIZED VIEW", true
	case word == "" || !modifier(word):
		// The first word that is not a modifier names the kind of object; a name or a symbol means
		// that there is none.
		v.second, v.closed = word, true
	}
}

func (v *Verb) start(word string) {
	switch word {
	case "":
		v.closed = true
	case "WITH":
		v.first, v.with = word, true
	case "CREATE", "ALTER", "DROP", "RENAME":
		v.first = word
	default:
		v.first, v.closed = word, true
	}
}

// String returns the key words: "CREATE TABLE" for a CREATE TEMP TABLE IF NOT EXISTS, "DELETE" for
// a WITH … DELETE.
func (v *Verb) String() string {
	if v.second == "" {
		return v.first
	}
	return v.first + " " + v.second
}

func mainVerb(word string) bool {
	switch word {
	case "SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "VALUES", "MERGE", "TABLE":
		return true
	}
	return false
}

// modifier lists the words that may stand between CREATE and the kind of object.
func modifier(word string) bool {
	switch word {
	case "OR", "REPLACE", "TEMP", "TEMPORARY", "UNIQUE", "VIRTUAL", "UNLOGGED", "GLOBAL", "LOCAL",
		"RECURSIVE",
		"FULLTEXT", "SPATIAL", "ONLINE", "OFFLINE", "IGNORE", "CONSTRAINT", "TRUSTED", "PROCEDURAL":
		return true
	}
	return false
}
