/** A variable in a form. */
export interface VariableRow {
  name: string
  value: string
}

/** A placeholder as files have it. */
export function placeholderOf(name: string): string {
  return `\${${name}}`
}

/** The variables of an environment in the order of their names. */
export function rowsOf(variables: Record<string, string>): VariableRow[] {
  return Object.entries(variables)
    .map(([name, value]) => ({ name, value }))
    .sort((a, b) => a.name.localeCompare(b.name))
}

/** Variables on one line: a=1, b=2. */
export function variablesText(variables: Record<string, string>): string {
  return rowsOf(variables)
    .map(({ name, value }) => `${name}=${value}`)
    .join(', ')
}

/** The variables of a form, without its empty rows. Throws when a name is there twice, or missing. */
export function variablesOf(rows: VariableRow[]): Record<string, string> {
  const variables = new Map<string, string>()
  for (const row of rows) {
    const name = row.name.trim()
    if (name === '' && row.value === '') continue
    if (name === '') throw new Error(`Name the variable with the value ${row.value}.`)
    if (variables.has(name)) throw new Error(`Two variables have the name ${name}. Remove one.`)
    variables.set(name, row.value)
  }
  return Object.fromEntries(variables)
}
