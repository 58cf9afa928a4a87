import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { eventually } from './eventually.ts'

export interface Mailbox extends AsyncDisposable {
  /** For `LATHE_SMTP_URL`. */
  url: string
  /** Waits for a message to the address, and takes it out. */
  take(to: string): Promise<string>
}

/** A mail server of its own that keeps what it gets. */
export async function openMailbox(): Promise<Mailbox> {
  const messages: { to: string[]; text: string }[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      let text = ''
      stream.setEncoding('utf8')
      stream.on('data', (chunk: string) => {
        text += chunk
      })
      stream.on('end', () => {
        messages.push({ to: session.envelope.rcptTo.map(({ address }) => address), text: unfolded(text) })
        done()
      })
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const { port } = server.server.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${port}`,
    take: (to) =>
      eventually(async () => {
        const at = messages.findIndex((message) => message.to.includes(to))
        return at >= 0 && messages.splice(at, 1)[0]!.text
      }, `mail to ${to}`),
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** Quoted-printable (RFC 2045, 6.7) as it was before. */
function unfolded(text: string): string {
  return text
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
}
