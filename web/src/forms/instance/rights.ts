/** The user in the server's example. */
const example = 'migrate_shop'

/**
 * The SQL for the entered user, whose name is quoted there. A name with other characters keeps the
 * example's, for the reader to replace.
 */
export function rightsFor(sql: string, user: string): string {
  return /^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u.test(user) ? sql.replaceAll(example, user) : sql
}
