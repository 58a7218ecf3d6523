/** The engines' names as people say them. */
export const engineNames: Record<string, string> = {
  postgres: 'PostgreSQL',
  mysql: 'MySQL or MariaDB',
  sqlite: 'SQLite',
}

/** What an engine needs to be reached, in words. */
export const engineFields: Record<string, { address: string; help: string; placeholder: string; login: boolean }> = {
  postgres: { address: 'Address', help: 'Host and port.', placeholder: 'db.example.com:5432', login: true },
  mysql: { address: 'Address', help: 'Host and port.', placeholder: 'db.example.com:3306', login: true },
  sqlite: {
    address: 'Folder',
    help: 'Below the server’s root of SQLite files; each file in it is a database.',
    placeholder: 'prod',
    login: false,
  },
}
