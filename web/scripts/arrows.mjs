// Checks that imports point only downward: util <- ui, api <- hooks, stores <- table, components <- forms <- pages <- routes.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

const src = join(import.meta.dirname, '..', 'src')
const floors = {
  util: 0,
  ui: 1,
  api: 1,
  hooks: 2,
  stores: 2,
  table: 3,
  components: 3,
  forms: 4,
  pages: 5,
  'routes.tsx': 6,
  'main.tsx': 7,
}
const wrong = []
for (const entry of readdirSync(src, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !/\.tsx?$/.test(entry.name)) continue
  const file = join(entry.parentPath, entry.name)
  const from = relative(src, file).split('/')[0]
  for (const [, target] of readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*'([^']+)'/g)) {
    if (!target.startsWith('~/') && !target.startsWith('.')) continue
    const to = relative(src, target.startsWith('~/') ? join(src, target.slice(2)) : join(dirname(file), target)).split(
      '/',
    )[0]
    const name = floors[to] === undefined ? `${to}.tsx` : to
    if (to === from || to.endsWith('.css') || to.endsWith('.svg')) continue
    if (floors[name] === undefined) wrong.push(`${relative(src, file)} imports ${target}, which stands on no floor`)
    else if (floors[name] > floors[from]) wrong.push(`${relative(src, file)} imports ${target} from above`)
    else if (from === 'ui' && to === 'api') wrong.push(`${relative(src, file)} imports ${target}: ui knows no API`)
  }
}
for (const line of wrong) console.error(line)
process.exit(wrong.length > 0 ? 1 : 0)
