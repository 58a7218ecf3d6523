package postgres

// typeWords are the words of package ast for the server's names of its types, which its grammar
// and its catalog put in the place of SQL's.
var typeWords = map[string]string{
	"int2":   "smallint",
	"int4":   "integer",
	"int":    "integer",
	"int8":   "bigint",
	"float4": "real",
	"float8": "double precision",
	"bool":   "boolean",
	"bpchar": "char",
}

// TypeWord is the word of package ast for the name of one of the server's own types.
func TypeWord(name string) string {
	if word, ok := typeWords[name]; ok {
		return word
	}
	return name
}
