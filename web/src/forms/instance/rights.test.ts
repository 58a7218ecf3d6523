import { expect, it } from 'vitest'
import { rightsFor } from './rights'

const sql = 'CREATE ROLE "migrate_shop"; GRANT CREATE ON DATABASE "shop" TO "migrate_shop";'

it.each(['app', 'user', 'Größe', 'app.prod-1'])('names the user %s that was entered', user =>
  expect(rightsFor(sql, user)).toBe(`CREATE ROLE "${user}"; GRANT CREATE ON DATABASE "shop" TO "${user}";`),
)

it.each(['', 'O’Hara', 'a b', 'x"; DROP TABLE y', '`', '-', "it's", '$&'])('keeps the example for %j', user =>
  expect(rightsFor(sql, user)).toBe(sql),
)
