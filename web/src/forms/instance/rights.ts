/** The user of the server's example. */
const example = 'migrate_shop'

/** The SQL for the user that was entered. A name that would have to be quoted stays the example's, for the reader to exchange. */
export function rightsFor(sql: string, user: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(user) ? sql.replaceAll(example, user) : sql
}
