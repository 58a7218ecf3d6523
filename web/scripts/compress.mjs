// Writes a .gz beside each text file of dist, which the server sends to browsers that take it.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { constants, gzipSync } from 'node:zlib'

const dist = join(import.meta.dirname, '..', 'dist')
for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !/\.(js|css|html|svg|json|webmanifest)$/.test(entry.name)) continue
  const file = join(entry.parentPath, entry.name)
  const plain = readFileSync(file)
  const packed = gzipSync(plain, { level: constants.Z_BEST_COMPRESSION })
  if (packed.length < plain.length) writeFileSync(`${file}.gz`, packed)
}
