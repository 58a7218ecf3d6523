import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What the program tells about a demo, as `towpath demo --info` writes it. */
export interface DemoInfo {
  consoleUrl: string
  email: string
  password: string
  apiToken: string
  bitbucketUrl: string
  cloneUrl: string
  gitUser: string
  gitPassword: string
  applicationId: string
  secret: string
  branch: string
  baseDirectory: string
  filePathTemplate: string
  /** With `--gitea`. */
  giteaUrl?: string
  giteaClientId?: string
  giteaClientSecret?: string
  /** The targets; of SQLite the path of the file. */
  databases: { environment: string; name: string; path: string }[]
}

/** A running program with its simulated Bitbucket; the console is on 127.0.0.1, Bitbucket on localhost, which is another site. */
export interface Demo {
  info: DemoInfo
  /** Calls the API as the demo's owner. */
  api: <T>(path: string, init?: { method: string; body?: unknown }) => Promise<T>
  stop: () => Promise<void>
}

/** The program under test. */
export const binary = process.env.TOWPATH_BIN ?? join(import.meta.dirname, '..', '..', '..', 'bin', 'towpath')

/** Starts the program. `--empty` leaves out the Git provider and the link. */
export async function startDemo(...args: string[]): Promise<Demo> {
  const dir = mkdtempSync(join(tmpdir(), 'towpath-e2e-'))
  const file = join(dir, 'info.json')
  const program = spawn(
    binary,
    ['demo', '--listen', '127.0.0.1:0', '--bitbucket-listen', 'localhost:0', '--info', file, ...args],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let log = ''
  program.stderr.on('data', chunk => {
    log += chunk
  })
  const stop = async () => {
    await ended(program)
    rmSync(dir, { recursive: true, force: true })
  }
  const deadline = Date.now() + 30_000
  while (!existsSync(file) || readFileSync(file, 'utf8') === '') {
    if (program.exitCode !== null || Date.now() > deadline) {
      await stop()
      throw new Error(`the program did not start: ${log}`)
    }
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  const info = JSON.parse(readFileSync(file, 'utf8')) as DemoInfo
  return { info, api: (path, init) => call(info, path, init), stop }
}

/** Stops a program and waits until it is gone. */
export async function ended(program: ChildProcess) {
  if (program.exitCode !== null) return
  const done = new Promise(resolve => program.once('exit', resolve))
  program.kill('SIGINT')
  const timer = setTimeout(() => program.kill('SIGKILL'), 10_000)
  await done
  clearTimeout(timer)
}

async function call<T>(info: DemoInfo, path: string, init?: { method: string; body?: unknown }): Promise<T> {
  const answer = await fetch(`${info.consoleUrl}/api/v1${path}`, {
    method: init?.method ?? 'GET',
    headers: { authorization: `Bearer ${info.apiToken}`, 'content-type': 'application/json' },
    ...(init?.body === undefined ? {} : { body: JSON.stringify(init.body) }),
  })
  if (!answer.ok) throw new Error(`${init?.method ?? 'GET'} ${path}: ${answer.status} ${await answer.text()}`)
  return (answer.status === 204 ? undefined : await answer.json()) as T
}
