package postgres

import "towpath/internal/statement"

// variables finds :name, :'name' and :"name", which psql replaces by its own values. To the server
// a single colon right before something is only valid in brackets, and in the JSON constructors.
type variables struct {
	square int
	json   bool               // the statement calls a constructor that takes 'key':value
	colon  statement.Position // of a single colon that is the last token
	single bool
}

func (v *variables) add(p piece) error {
	beside := v.single && v.colon.Offset+1 == p.Pos.Offset
	v.single = false
	switch {
	case p.Is('['):
		v.square++
	case p.Is(']'):
		v.square--
	case p.Is(':') && !beside:
		v.single, v.colon = true, p.Pos
	case p.word == "JSON_OBJECT" || p.word == "JSON_OBJECTAGG":
		v.json = true
	case beside && v.square == 0 && !v.json && p.Kind != statement.Symbol:
		return statement.Errorf(v.colon,
			":%s is a psql variable, not SQL, and has no value. Write the value itself.",
			p.Raw)
	}
	return nil
}
