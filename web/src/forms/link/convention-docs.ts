const others = 'other-tools'
const code = `${others}#knex-typeorm-sequelize-laravel-ecto-ef-core`
const numbered = `${others}#numbered-sql-files-and-folders`

/** The page of each other tool below /docs/moving-in, by the code that the API has for it. */
const pages: Record<string, string> = {
  flyway: 'flyway',
  liquibase: 'liquibase',
  'golang-migrate': 'golang-migrate',
  goose: 'goose',
  'goose-go': 'goose',
  dbmate: 'dbmate',
  prisma: 'prisma',
  atlas: 'atlas',
  rails: 'rails',
  django: 'django-alembic',
  alembic: 'django-alembic',
  'sql-migrate': `${others}#sql-migrate`,
  tern: `${others}#tern`,
  sqlx: `${others}#sqlx`,
  diesel: `${others}#diesel`,
  drizzle: `${others}#drizzle`,
  supabase: `${others}#supabase`,
  'node-pg-migrate': `${others}#node-pg-migrate`,
  sqitch: `${others}#sqitch`,
  bytebase: `${others}#bytebase`,
  numbered,
  'numbered-folders': numbered,
  'up-down-folders': numbered,
  knex: code,
  typeorm: code,
  sequelize: code,
  laravel: code,
  ecto: code,
  'ef-core': code,
  javascript: code,
}

/** The address of what the documentation says of a tool; the page of all when it has none of its own. */
export function docsOf(tool: string): string {
  if (tool === 'towpath') return '/docs#which-files-run-where'
  const page = pages[tool]
  return page ? `/docs/moving-in/${page}` : '/docs/moving-in'
}
