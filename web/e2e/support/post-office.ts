import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'

/** A mail as a person sees it. */
export interface Letter {
  to: string
  html: string
  text: string
}

/** An SMTP server that takes every mail. */
export interface PostOffice {
  url: string
  /** Waits for the next mail. */
  next: () => Promise<Letter>
  stop: () => Promise<void>
}

/** Starts an SMTP server on a free port of this machine. */
export async function startPostOffice(): Promise<PostOffice> {
  const letters: Letter[] = []
  const waiting: ((letter: Letter) => void)[] = []
  const take = (letter: Letter) => {
    const first = waiting.shift()
    if (first) first(letter)
    else letters.push(letter)
  }
  const server = createServer(socket => serve(socket, take))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    next: () => {
      const letter = letters.shift()
      return letter ? Promise.resolve(letter) : new Promise(resolve => waiting.push(resolve))
    },
    stop: () => new Promise(resolve => server.close(() => resolve())),
  }
}

/** Speaks SMTP with one client, which sends one command at a time. */
function serve(socket: Socket, take: (letter: Letter) => void) {
  let text = ''
  let to = ''
  let inMail = false
  socket.setEncoding('utf8')
  socket.on('error', () => socket.destroy())
  socket.write('220 post.example.com\r\n')
  socket.on('data', chunk => {
    text += chunk
    for (;;) {
      const end = text.indexOf(inMail ? '\r\n.\r\n' : '\r\n')
      if (end < 0) return
      const part = text.slice(0, end)
      text = text.slice(end + (inMail ? 5 : 2))
      if (inMail) {
        inMail = false
        take({ to, html: partOf(part, '<!doctype', 'text/html'), text: partOf(part, '\r\n\r\n', 'text/plain').trim() })
        socket.write('250 taken\r\n')
        continue
      }
      to = /^RCPT TO:<(.*?)>/i.exec(part)?.[1] ?? to
      inMail = /^DATA/i.test(part)
      socket.write(inMail ? '354 go on\r\n' : /^QUIT/i.test(part) ? '221 bye\r\n' : '250 ok\r\n')
    }
  })
}

/** A part of a mail, whose lines are quoted-printable, from where it begins. */
function partOf(mail: string, begin: string, type: string): string {
  const part = mail.slice(mail.indexOf(begin, mail.indexOf(type)))
  const lines = part.slice(0, part.indexOf('\r\n--')).replaceAll('=\r\n', '')
  return Buffer.from(
    lines.replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8')
}
