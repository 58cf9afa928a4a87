import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { Api } from '../api.ts'
import type { Invocation } from '../command.ts'
import { addressOf, keepLogin } from '../config/login.ts'
import { UsageError } from '../usage-error.ts'

/** Tries a token before keeping it. Where nobody can be asked, it is read from the standard input. */
export async function run({ options, answer }: Invocation): Promise<void> {
  const given = options.url ?? (process.stdin.isTTY ? await asked('Address of the console: ') : undefined)
  if (given === undefined) throw new UsageError('Give --url, e.g. --url http://localhost:8000')
  const url = addressOf(String(given))
  const token = String(options.token ?? (process.stdin.isTTY ? await asked('Token: ', true) : await piped()))
  if (!/^[\x21-\x7e]+$/.test(token)) throw new UsageError('Give --token, or pipe the token in.')
  const me = await new Api({ url, token }).call('account.me')
  const file = await keepLogin({ url, token })
  answer({ url, name: me.name, email: me.email, file }, `Signed in to ${url} as ${me.name}; kept in ${file}.`)
}

async function piped(): Promise<string> {
  const { text } = await import('node:stream/consumers')
  return (await text(process.stdin)).trim()
}

async function asked(question: string, isSecret = false): Promise<string> {
  if (isSecret) process.stderr.write(question)
  const echo = new Writable({
    write: (chunk, _encoding, done) => {
      if (!isSecret) process.stderr.write(chunk)
      done()
    },
  })
  const lines = createInterface({ input: process.stdin, output: echo, terminal: true })
  lines.once('SIGINT', () => process.exit(130))
  try {
    return (await lines.question(isSecret ? '' : question)).trim()
  } finally {
    lines.close()
    if (isSecret) process.stderr.write('\n')
  }
}
