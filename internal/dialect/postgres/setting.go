package postgres

import (
	"slices"
	"strings"

	"towpath/internal/statement"
)

// sessionSettings are the settings that a migration may set: they affect how its own statements are
// read, planned and written, but neither our limits, nor the transaction, nor anything that
// outlives a commit. https://www.postgresql.org/docs/current/runtime-config-client.html
var sessionSettings = []string{
	"search_path", "schema", "time", "timezone", "datestyle", "intervalstyle", "extra_float_digits",
	"bytea_output", "xml", "xmloption", "xmlbinary", "client_min_messages", "default_text_search_config",
	"lc_monetary", "lc_numeric", "lc_time", "lc_messages", "application_name", "default_tablespace",
	"temp_tablespaces", "default_table_access_method", "default_toast_compression",
	"default_statistics_target", "check_function_bodies", "row_security", "quote_all_identifiers",
	"array_nulls", "transform_null_equals", "escape_string_warning", "constraints", "constraint_exclusion",
	"synchronize_seqscans", "backslash_quote", "gin_fuzzy_search_limit", "gin_pending_list_limit", "work_mem",
	"maintenance_work_mem", "temp_buffers", "hash_mem_multiplier", "logical_decoding_work_mem",
	"vacuum_buffer_usage_limit", "effective_cache_size", "effective_io_concurrency",
	"maintenance_io_concurrency", "random_page_cost", "seq_page_cost", "cpu_tuple_cost",
	"cpu_index_tuple_cost", "cpu_operator_cost", "parallel_setup_cost", "parallel_tuple_cost",
	"parallel_leader_participation", "max_parallel_workers", "max_parallel_workers_per_gather",
	"max_parallel_maintenance_workers", "min_parallel_table_scan_size", "min_parallel_index_scan_size",
	"debug_parallel_query", "force_parallel_mode", "plan_cache_mode", "cursor_tuple_fraction",
	"from_collapse_limit", "join_collapse_limit", "recursive_worktable_factor", "vacuum_cost_delay",
	"vacuum_cost_limit", "vacuum_cost_page_hit", "vacuum_cost_page_miss", "vacuum_cost_page_dirty",
}

// settingPrefixes are the prefixes of the planner's settings.
var settingPrefixes = []string{"enable_", "geqo", "jit"}

func allowedSetting(name string) bool {
	name = fold(name)
	return slices.Contains(sessionSettings, name) ||
		slices.ContainsFunc(settingPrefixes,
			func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

// dumpSettings are the settings at the head of a dump of pg_dump. With these values they are
// skipped: the limits are ours, and the others already have the value.
var dumpSettings = map[string][]string{
	"statement_timeout":                   {"0"},
	"lock_timeout":                        {"0"},
	"idle_in_transaction_session_timeout": {"0"},
	"transaction_timeout":                 {"0"},
	"client_encoding":                     {"'UTF8'", "'UTF-8'", "UTF8"},
	"names":                               {"'UTF8'", "'UTF-8'", "UTF8"},
	"standard_conforming_strings":         {"ON", "TRUE", "'on'", "'true'"},
	"default_with_oids":                   {"FALSE", "OFF"},
}

// settingRule is SET [SESSION | LOCAL] name {= | TO} value, or RESET name.
type settingRule struct {
	start  statement.Position
	verb   string
	scope  bool
	name   piece
	custom bool     // a name with a dot belongs to an extension or an application
	value  []string // the tokens after the name
}

func (s *settingRule) add(p piece) error {
	switch {
	case s.name.Raw == nil && !s.scope && (p.word == "SESSION" || p.word == "LOCAL"):
		s.scope = true
	case s.name.Raw == nil:
		s.name = p
		s.name.Raw = []byte(string(p.Raw))
	case len(s.value) == 0 && p.Is('.'):
		s.custom = true
	case len(s.value) < leadWords && p.Kind == statement.Text:
		s.value = append(s.value, string(p.Raw))
	case len(s.value) < leadWords:
		s.value = append(s.value, strings.ToUpper(string(p.Raw)))
	}
	return nil
}

func (s *settingRule) end() error {
	if s.name.Raw == nil {
		return statement.Errorf(s.start, "%s needs the name of a setting.", s.verb)
	}
	if s.custom || allowedSetting(s.name.name) {
		return nil
	}
	values, known := dumpSettings[s.name.name]
	if known && s.verb == "SET" && !s.scope && slices.Contains(values, s.given()) {
		return statement.ErrPassOver
	}
	return refusedSetting(s.name, s.verb)
}

// given returns the value, "" when there are several.
func (s *settingRule) given() string {
	value := s.value
	if len(value) > 0 && (value[0] == "=" || value[0] == "TO") {
		value = value[1:]
	}
	if len(value) != 1 {
		return ""
	}
	return value[0]
}

func refusedSetting(p piece, verb string) error {
	switch name := fold(p.name); name {
	case "lock_timeout", "statement_timeout":
		return statement.Errorf(p.Pos,
			"%s %s is not allowed: the server has set its own limit. "+
				"Write \"-- towpath: %s=…\" in the file's first line.",
			verb, strings.ToUpper(name), strings.ReplaceAll(name, "_", "-"))
	case "client_encoding", "names":
		return statement.Errorf(p.Pos,
			"%s %s is not allowed: files are UTF-8. "+
				"Save this one as UTF-8, and remove the line (pg_dump --encoding=UTF8).",
			verb, strings.ToUpper(name))
	case "role", "authorization":
		return statement.Errorf(p.Pos,
			"%s %s is not allowed: a file cannot choose the role that it runs as. "+
				"Remove it (pg_dump --no-owner), and set the instance's option "+
				"role: its files then run as that role.", verb, strings.ToUpper(name))
	default:
		return statement.Errorf(p.Pos,
			"%s %s is not allowed: it is not on the list of allowed settings, and may change limits, "+
				"role or transaction. Remove it.",
			verb, strings.ToUpper(name))
	}
}
