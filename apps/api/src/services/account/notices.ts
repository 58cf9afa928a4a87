import type { Context } from '../../context.ts'
import type { Mail } from '../../mail/mailer.ts'

/** Sends without anybody waiting for it, so that how long it takes tells nothing. The mailer logs what goes wrong. */
export function sendLater({ mailer }: Pick<Context, 'mailer'>, mail: Mail): void {
  if (mailer.isReady) void mailer.send(mail).catch(() => {})
}

/** Lets an account's owner know, in case it was not he who did it. */
export function notifyOfPassword(context: Context, email: string): void {
  sendLater(context, {
    to: email,
    subject: 'Your password on Lathe was changed',
    text: `The password of ${email} on ${context.env.LATHE_CONSOLE_URL} was changed, and all other browsers were signed out.\n\nIf that was not you, reset it at ${context.env.LATHE_CONSOLE_URL}/reset-password and tell whoever runs this Lathe.\n`,
  })
}
