import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { binary, ended } from './demo'

/** A server that nobody has signed up at yet. */
export interface EmptyServer {
  url: string
  /** What the server prints for the first owner. */
  token: string
  /** A folder below which SQLite targets may lie. */
  sqliteRoot: string
  stop: () => Promise<void>
}

/** Starts a server with nothing in it. */
export async function startServer(...args: string[]): Promise<EmptyServer> {
  const dir = mkdtempSync(join(tmpdir(), 'towpath-e2e-'))
  const sqliteRoot = join(dir, 'sqlite')
  mkdirSync(sqliteRoot)
  const url = `http://127.0.0.1:${await freePort()}`
  const program = spawn(
    binary,
    [
      'serve',
      '--listen',
      url.slice('http://'.length),
      '--external-url',
      url,
      '--data',
      join(dir, 'data'),
      '--sqlite-root',
      sqliteRoot,
      ...args,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let said = ''
  const token = new Promise<string>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      said += chunk
      const found = /(?:with|enter) this token:\s+(\S+)/.exec(said)?.[1]
      if (found) resolve(found)
    }
    program.stdout.on('data', listen)
    program.stderr.on('data', listen)
    program.once('exit', () => reject(new Error(`the server did not start: ${said}`)))
  })
  const stop = async () => {
    await ended(program)
    rmSync(dir, { recursive: true, force: true })
  }
  return { url, token: await token, sqliteRoot, stop }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
}
