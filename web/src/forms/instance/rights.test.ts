import { expect, it } from 'vitest'
import { rightsFor } from './rights'

const sql = 'CREATE ROLE migrate_shop; GRANT CREATE ON DATABASE shop TO migrate_shop;'

it('names the user that was entered', () =>
  expect(rightsFor(sql, 'app')).toBe('CREATE ROLE app; GRANT CREATE ON DATABASE shop TO app;'))

it.each(['', 'O’Hara', 'a b', 'x; DROP TABLE y', 'Große'])('keeps the example for %j', user =>
  expect(rightsFor(sql, user)).toBe(sql),
)
