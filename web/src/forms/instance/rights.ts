/** The user in the server's example. */
const example = 'migrate_shop'

/**
 * The SQL for the entered user. A name that needs quotes keeps the example's, for the reader to
 * replace.
 */
export function rightsFor(sql: string, user: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(user) ? sql.replaceAll(example, user) : sql
}
