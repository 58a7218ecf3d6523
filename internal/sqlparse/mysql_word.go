package sqlparse

import (
	"strings"
	"sync"
)

// mysqlReservedWords are reserved in MySQL 8.4 and in MariaDB 10.11 alike. A word that is reserved
// in one of them may be a name for a reader of both.
const mysqlReservedWords = `
	accessible add all alter analyze and as asc asensitive before between bigint binary blob both
	by call cascade case change char character check collate column condition constraint continue
	convert create cross current_date current_role current_time current_timestamp current_user
	cursor databases day_hour day_microsecond day_minute day_second dec decimal declare default
	delayed delete desc describe deterministic distinct distinctrow div double drop dual each else
	elseif enclosed escaped except exists exit explain false fetch float float4 float8 for force
	foreign from fulltext grant group having high_priority hour_microsecond hour_minute hour_second
	if ignore in index infile inner inout insensitive insert int int1 int2 int3 int4 int8 integer
	intersect interval into is iterate join key keys kill leading leave left like limit linear
	lines load localtime localtimestamp lock long longblob longtext loop low_priority match
	maxvalue mediumblob mediumint mediumtext middleint minute_microsecond minute_second mod
	modifies natural no_write_to_binlog not null numeric on optimize optionally or order out outer
	outfile over partition precision primary procedure purge range read read_write reads real
	recursive references regexp release rename repeat replace require resignal restrict return
	revoke right rlike row_number rows schemas second_microsecond select sensitive separator set
	show signal smallint spatial specific sql sql_big_result sql_calc_found_rows sql_small_result
	sqlexception sqlstate sqlwarning ssl starting straight_join table terminated then tinyblob
	tinyint tinytext to trailing trigger true undo union unique unlock unsigned update usage use
	using utc_date utc_time utc_timestamp varbinary varchar varcharacter varying when where while
	with write xor year_month zerofill
`

// mysqlOtherWords have a meaning in some version of MySQL or MariaDB, and may be names. What is
// neither here nor above is no key word of any server.
const mysqlOtherWords = `
	absent account action active add_columnar_replica_on_demand admin advise affinity after against
	aggregate ago algorithm allow_missing_files always any apply array ascii at atomic attribute
	attributes authentication authors auto auto_id_cache auto_increment auto_random
	auto_random_base auto_refresh auto_refresh_source autoextend_size avg avg_row_length backend
	backup backups bdr begin bernoulli binding binding_cache bindings binlog bit block body bool
	boolean btree buckets bulk byte cache calibrate capture cascaded catalog_name causal chain
	challenge_response changed channel charset checkpoint checksum checksum_concurrency cipher
	class_origin cleanup client client_errors_summary clob clone close cluster clustered coalesce
	code collation column_add column_check column_create column_delete column_format column_get
	column_name columnar columns comment commit committed compact completion component compressed
	compression compression_level compression_type concurrency concurrent config connection
	consistency consistent constraint_catalog constraint_name constraint_schema contains context
	contributors cpu csv_backslash_escape csv_delimiter csv_header csv_not_null csv_null
	csv_separator csv_trim_last_separators cube cume_dist current current_pos cursor_name cycle
	data database datafile date datetime day deallocate definer definition delay_key_write
	delete_domain_id dense_rank des_key_file description diagnostics digest directory disable
	disabled discard disk do do_domain_ids duality dumpfile duplicate dynamic elsif empty enable
	enabled encryption encryption_keyfile encryption_method end ends enforced engine
	engine_attribute engines enum error errors escape event events every evolve examined exception
	exchange exclude exclusive execute expansion expire explain_json_format_version explore export
	extended extent_size external factor failed_login_attempts fast faults federated fields file
	file_block_size file_format file_name file_pattern file_prefix files filter finish first
	first_value fixed flush following follows format found full function general generate generated
	geomcollection get get_format get_master_public_key get_source_public_key global goto grants
	group_replication grouping groups gtid_only gtids guided handler hard hash header help
	histogram history host hosts hour hypo id identified ietf_quotes ignore_domain_ids
	ignore_server_ids ignore_stats ignored ilike immediate import imports inactive increment
	incremental indexes initial initial_size initiate insert_method install instance invisible
	invoker io io_thread ipc isolation isopen issuer json json_table json_value key_block_size
	keyring labels lag language last last_backup last_value lastval lateral lead leaves less level
	library list load_stats local location locked locks log logfile logs manual masking master
	master_compression_algorithms master_connect_retry master_delay master_demote_to_replica
	master_demote_to_slave master_gtid_pos master_heartbeat_period master_host master_log_file
	master_log_pos master_password master_port master_server_id master_ssl master_ssl_ca
	master_ssl_capath master_ssl_cert master_ssl_cipher master_ssl_crl master_ssl_crlpath
	master_ssl_key master_ssl_verify_server_cert master_use_gtid master_user match_mode
	materialized max_connections_per_hour max_idxnum max_minutes max_queries_per_hour max_rows
	max_size max_statement_time max_updates_per_hour max_user_connections mb medium member memory
	merge message_text microsecond migrate min_rows minus minute minvalue mode modify monitor month
	mutex mysql mysql_errno name names national nchar nested network_namespace never next nextval
	no no_wait nocache nocycle nodegroup nomaxvalue nominvalue nonclustered none notfound nowait
	nth_value ntile nulls number nvarchar of off offset oj old old_password oltp_read_only
	oltp_read_write oltp_write_only on_duplicate one online only open optimizer_costs option
	optional options ordinality organization others overlaps owner pack_keys package page
	page_checksum page_compressed page_compression_level parallel parameters parse_tree
	parse_vcol_expr parser partial partitioning partitions password password_lock_time path pause
	per_db per_table percent percent_rank period persist persist_only persistent phase plugin
	plugin_dir plugins point policy port portion pre_split_regions precedes preceding prepare
	preserve prev previous privilege_checks_user privileges process processlist profile profiles
	proxy qualify quarter queries query quick raise random rank rate_limit raw read_only rebuild
	recommend recover redo_buffer_size redofile redundant ref_system_id reference refresh
	registration relational relay relay_log_file relay_log_pos relay_thread relaylog reload remove
	reorganize repair repeatable replay replica replica_pos replicas replication require_row_format
	required reset resource respect restart restore restores resume retain returned_sqlstate
	returning returns reuse reverse role rollback rollup routine row row_count row_format rowcount
	rownum rowtype rtree rule s3 san savepoint schedule schema schema_name second secondary
	secondary_engine secondary_engine_attribute secondary_load secondary_unload security
	send_credentials_to_tikv sequence serial serializable server session sets setval
	shard_row_id_bits share shared shutdown signed simple skip skip_schema_files slave slave_pos
	slaves slow snapshot socket soft some soname sounds source source_host sql_buffer_result
	sql_cache sql_no_cache sql_thread sql_tsi_day sql_tsi_hour sql_tsi_minute sql_tsi_month
	sql_tsi_quarter sql_tsi_second sql_tsi_week sql_tsi_year srid stage start starts statement
	stats_auto_recalc stats_col_choice stats_col_list stats_options stats_persistent
	stats_sample_pages stats_sample_rate status stop storage stored stream strict_format
	strict_load string subclass_origin subject subpartition subpartitions super suspend swaps
	switches sysdate system system_time table_checksum table_name tables tablesample tablespace
	temporary temptable text than thread_priority threads tidb_current_tso ties tikv_importer time
	timeout timestamp timestampadd timestampdiff tls token_issuer tpcc tpch_10 trace traditional
	transaction transactional triggers truncate tso ttl ttl_enable ttl_job_interval type unbounded
	uncommitted undefined undo_buffer_size undofile unicode uninstall unknown unregister unset
	until upgrade uri url use_frm user user_resources validation value values varchar2 variables
	vcpu vector verify_key_constraints versioning via view virtual visible wait wait_tiflash_ready
	warnings week weight_string window with_sys_table within without work workload wrapper x509 xa
	xml year zone
`

var (
	mysqlReservedSet = onceSet(mysqlReservedWords)
	mysqlOtherSet    = onceSet(mysqlOtherWords)
)

func mysqlReserved(key string) bool { return mysqlReservedSet()[key] }

func mysqlKnown(key string) bool { return mysqlReservedSet()[key] || mysqlOtherSet()[key] }

// onceSet makes a set of words when it is first asked for: most processes never do.
func onceSet(list string) func() map[string]bool {
	return sync.OnceValue(func() map[string]bool {
		set := map[string]bool{}
		for word := range strings.FieldsSeq(list) {
			set[strings.ToUpper(word)] = true
		}
		return set
	})
}
