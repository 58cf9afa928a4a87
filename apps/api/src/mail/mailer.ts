import type { Transporter } from 'nodemailer'
import type { Logger } from 'pino'
import { Refusal } from '../refusal.ts'

export interface Mail {
  to: string
  subject: string
  text: string
}

/** Sends e-mail by the SMTP server of the settings, if they name one. */
export class Mailer {
  /** Whether there is a server to send by. */
  readonly isReady: boolean
  #url: string | undefined
  #from: string
  #log: Logger
  #transport: Promise<Transporter> | null = null

  /** @param url `smtp://user:password@host:587` or `smtps://...` */
  constructor(url: string | undefined, from: string, log: Logger) {
    this.isReady = url !== undefined
    this.#url = url
    this.#from = from
    this.#log = log
  }

  /** @throws Refusal MAIL_FAILED with the server's own words */
  async send(mail: Mail): Promise<void> {
    // Loaded with the first mail: most starts never send one.
    this.#transport ??= import('nodemailer').then(({ createTransport }) => createTransport(this.#url))
    try {
      await (await this.#transport).sendMail({ from: this.#from, ...mail })
    } catch (error) {
      this.#log.warn({ err: error, part: 'mail' }, 'an e-mail was not sent')
      const said = error instanceof Error ? error.message : String(error)
      throw new Refusal('MAIL_FAILED', `The mail server did not take the message: ${said.slice(0, 200)}`)
    }
  }
}
