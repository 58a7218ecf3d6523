package postgres

import (
	"strings"

	"towpath/internal/statement"
)

// reach finds names that lead out of the database, or to our limits, anywhere in a statement. A
// routine may use them in SQL that it builds, which cannot be checked in advance: the session
// checks afterwards, and the rights of the user are the bound.
type reach struct {
	config     configCall
	configures bool // set_config was called
	target     bool // the name of the changed table comes next
}

// configCall is the position in a call of set_config.
type configCall int

const (
	noCall configCall = iota
	wantsParenthesis
	wantsName
	wantsComma
)

func (r *reach) add(p piece, last piece) error {
	if err := r.configure(p); err != nil {
		return err
	}
	if why := outward(p.name); why != "" {
		return statement.Errorf(p.Pos, "%s is not allowed: %s. Remove it.", p.name, why)
	}
	target := r.target
	r.target = p.word == "UPDATE" || p.word == "INTO" || (p.word == "FROM" && last.word == "DELETE") ||
		(target && p.word == "ONLY")
	if target && strings.HasPrefix(p.name, "pg_") && !strings.HasPrefix(p.name, "pg_temp") {
		return statement.Errorf(p.Pos,
			"%s is not allowed here: it is the server's own catalog. Use a statement such as ALTER.",
			p.name)
	}
	return nil
}

// configure accepts the settings in set_config that SET accepts.
func (r *reach) configure(p piece) error {
	state := r.config
	r.config = noCall
	switch {
	case p.name == "set_config":
		r.config, r.configures = wantsParenthesis, true
		return nil
	case state == wantsParenthesis && p.Is('('):
		r.config = wantsName
		return nil
	case state == wantsName && mayConfigure(p):
		r.config = wantsComma
		return nil
	case state == noCall || (state == wantsComma && p.Is(',')):
		return nil
	}
	return statement.Errorf(p.Pos,
		"set_config is not allowed here: it may change the limits or the role that the server has set. "+
			"Remove it.")
}

func mayConfigure(p piece) bool {
	name, ok := plainText(p)
	return ok && p.Kind == statement.Text && (allowedSetting(name) || strings.Contains(name, "."))
}

// plainText returns the value of a text without escapes.
func plainText(p piece) (string, bool) {
	raw := string(p.Raw)
	if len(raw) < 2 || raw[0] != '\'' || strings.Contains(raw[1:len(raw)-1], "'") {
		return "", false
	}
	return raw[1 : len(raw)-1], true
}

// outward explains why a name of a function or a catalog leads out; "" when it does not.
func outward(name string) string {
	switch name {
	case "lo_import", "lo_export", "pg_stat_file", "pg_rotate_logfile", "pg_current_logfile":
		return "it uses the server's files"
	case "pg_terminate_backend", "pg_cancel_backend", "pg_log_backend_memory_contexts":
		return "it affects other sessions"
	case "pg_authid", "pg_shadow", "pg_user_mapping", "pg_user_mappings", "pg_hba_file_rules",
		"pg_ident_file_mappings":
		return "it contains the server's secrets"
	case "pg_reload_conf", "pg_promote", "pg_switch_wal", "pg_backup_start", "pg_backup_stop",
		"pg_start_backup", "pg_stop_backup",
		"pg_create_restore_point", "pg_stat_reset_shared", "pg_log_standby_snapshot",
		"pg_drop_replication_slot", "pg_sync_replication_slots",
		"pg_logfile_rotate", "pg_stat_reset_slru", "pg_stat_reset_replication_slot",
		"pg_stat_reset_subscription_stats", "pg_stat_reset_backend_stats",
		"autoprewarm_start_worker", "autoprewarm_dump_now":
		return "it affects the whole server"
	case "dblink":
		return "it reaches outside this database"
	}
	for _, family := range families {
		if strings.HasPrefix(name, family.prefix) {
			return family.why
		}
	}
	return ""
}

// families are groups of functions by the beginning of their names.
var families = []struct{ prefix, why string }{
	{"pg_read_file", "it uses the server's files"},
	{"pg_read_binary_file", "it uses the server's files"},
	{"pg_ls_", "it uses the server's files"},
	{"pg_file_", "it uses the server's files"},
	{"pg_logdir_", "it uses the server's files"},
	{"dblink_", "it reaches outside this database"},
	{"postgres_fdw_", "it reaches outside this database"},
	{"pg_wal_replay_", "it affects the whole server"},
	{"pg_replication_", "it affects the whole server"},
	{"pg_create_physical_", "it affects the whole server"},
	{"pg_create_logical_", "it affects the whole server"},
	{"pg_copy_", "it affects the whole server"},
	{"pg_logical_slot_", "it affects the whole server"},
}
