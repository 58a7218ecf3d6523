package sqlite

import "strings"

// functions lists the functions of SQLite that only compute:
// https://www.sqlite.org/lang_corefunc.html. It leaves out load_extension, functions that show
// memory or the file's pages, and those that write the server's log.
var functions = set(`
-> ->> abs acos acosh asin asinh atan atan2 atanh avg ceil ceiling changes char coalesce concat
concat_ws cos cosh count cume_dist current_date current_time current_timestamp date datetime degrees
dense_rank exp first_value floor format glob group_concat hex if ifnull iif instr julianday lag
last_insert_rowid last_value lead length like likelihood likely ln log log10 log2 lower ltrim max
median min mod nth_value ntile nullif octet_length percent_rank percentile percentile_cont
percentile_disc pi pow power printf quote radians random randomblob rank replace round row_number
rtrim sign sin sinh soundex sqlite_compileoption_get sqlite_compileoption_used sqlite_source_id
sqlite_version sqrt strftime string_agg substr substring subtype sum tan tanh time timediff total
total_changes trim trunc typeof unhex unicode unistr unistr_quote unixepoch unlikely upper zeroblob

json json_array json_array_insert json_array_length json_each json_error_position json_extract
json_group_array json_group_object json_insert json_object json_patch json_pretty json_quote
json_remove json_replace json_set json_tree json_type json_valid jsonb jsonb_array
jsonb_array_insert jsonb_extract jsonb_group_array jsonb_group_object jsonb_insert jsonb_object
jsonb_patch jsonb_remove jsonb_replace jsonb_set

bm25 highlight match snippet fts5_get_locale fts5_insttoken fts5_locale fts5_source_id rtreecheck
rtreedepth rtreenode geopoly_area geopoly_bbox geopoly_blob geopoly_ccw geopoly_contains_point
geopoly_debug geopoly_group_bbox geopoly_json geopoly_overlap geopoly_regular geopoly_svg
geopoly_within geopoly_xform
`)

// alterFunctions are called by ALTER TABLE itself; a script cannot call them.
var alterFunctions = set(`
sqlite_add_constraint sqlite_drop_column sqlite_drop_constraint sqlite_fail sqlite_find_constraint
sqlite_rename_column sqlite_rename_quotefix sqlite_rename_table sqlite_rename_test
`)

// AllowedFunction reports whether a script may call the function: it only computes.
func AllowedFunction(name string) bool {
	name = strings.ToLower(name)
	return functions[name] || alterFunctions[name]
}

func set(names string) map[string]bool {
	found := map[string]bool{}
	for _, name := range strings.Fields(names) {
		found[name] = true
	}
	return found
}
