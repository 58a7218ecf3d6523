import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { DemoInfo } from './demo'

const settings = [
  ...['-c', 'user.name=Dana Developer', '-c', 'user.email=dana@example.com', '-c', 'commit.gpgsign=false'],
  ...['-c', 'core.compression=1', '-c', 'core.bigFileThreshold=1m'], // large files take long otherwise
]

/** Texts or bytes by their paths; null removes a file. */
export type Files = Record<string, string | Uint8Array | null>

/** Commits files to the demo's branch and pushes them, as a developer does. */
export function push(info: DemoInfo, message: string, files: Files) {
  const dir = mkdtempSync(join(tmpdir(), 'towpath-push-'))
  const git = (...args: string[]) => execFileSync('git', [...settings, ...args], { cwd: dir, stdio: 'pipe' })
  const url = new URL(info.cloneUrl)
  url.username = info.gitUser
  url.password = info.gitPassword
  git('clone', '--quiet', '--branch', info.branch, url.href, '.')
  for (const [path, text] of Object.entries(files)) {
    if (text === null) {
      rmSync(join(dir, path))
      continue
    }
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    writeFileSync(join(dir, path), text)
  }
  git('add', '.')
  git('commit', '--quiet', '-m', message)
  git('push', '--quiet')
  rmSync(dir, { recursive: true, force: true })
}

/** A statement that never ends by itself, in SQLite. */
export const countForever =
  'CREATE TABLE counted AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) AS total FROM n;\n'
