import type { ParseArgsConfig } from 'node:util'

/** What a command gets: its words, its options, and how to answer. */
export interface Invocation {
  words: string[]
  options: Record<string, string | boolean | undefined>
  /** Answers: as JSON where `--json` asks for it, else as the text. */
  answer: (data: unknown, text: string) => void
}

export interface Command {
  /** After the name, e.g. `<function> [--draft]`. */
  usage: string
  /** How many words it takes; none where it does not say. */
  words?: number
  summary: string
  options?: ParseArgsConfig['options']
  /** `run` may answer an exit code. */
  load: () => Promise<{ run: (invocation: Invocation) => Promise<unknown> }>
}

const text = { type: 'string' } as const
const flag = { type: 'boolean' } as const

/** Every command; its code is loaded when it is called, so that `--help` costs no more than Node itself. */
export const commands: Record<string, Command> = {
  login: {
    usage: '[--url <address>] [--token <token>]',
    summary: 'Keep an address and a token (made on the page Account or Team)',
    options: { url: text, token: text },
    load: () => import('./commands/login.ts'),
  },
  apps: { usage: '', summary: 'List the apps', load: () => import('./commands/apps.ts') },
  status: {
    usage: '',
    summary: 'What differs between this folder and the drafts of its app',
    load: () => import('./commands/status.ts'),
  },
  pull: {
    usage: '[<appid>] [<folder>] [--force]',
    words: 2,
    summary: 'Bring an app into a folder: functions/**/*.ts, lathe.json, tsconfig.json',
    options: { force: flag },
    load: () => import('./commands/pull.ts'),
  },
  push: {
    usage: '[<function>...] [--delete] [--force]',
    words: Infinity,
    summary: 'Save changed files as drafts; --delete also deletes there what was deleted here',
    options: { delete: flag, force: flag },
    load: () => import('./commands/push.ts'),
  },
  publish: {
    usage: '[<function>...] [--note <text>] [--force]',
    words: Infinity,
    summary: 'Make changed files live; refused where somebody published meanwhile',
    options: { note: text, force: flag },
    load: () => import('./commands/publish.ts'),
  },
  run: {
    usage: '<function> [--method <m>] [--query <q>] [--body <text>] [--live] [--app <appid>]',
    words: 1,
    summary: 'Run the local file as a draft (or what is live) and show the answer',
    options: { app: text, method: text, query: text, body: text, live: flag },
    load: () => import('./commands/run.ts'),
  },
  test: {
    usage: '[<function>...] [--live] [--junit <file>] [--app <appid>]',
    words: Infinity,
    summary: 'Run the cases and files of tests; exit code 1 when one fails',
    options: { app: text, live: flag, junit: text },
    load: () => import('./commands/test.ts'),
  },
  logs: {
    usage: '[-f] [--function <name>] [--level <level>] [--app <appid>]',
    summary: 'Show log lines; -f goes on',
    options: { app: text, follow: { type: 'boolean', short: 'f' }, function: text, level: text },
    load: () => import('./commands/logs.ts'),
  },
  deps: {
    usage: '[add <package>[@<range>]... | remove <package>...] [--app <appid>]',
    words: Infinity,
    summary: 'List, add or remove npm packages',
    options: { app: text },
    load: () => import('./commands/deps.ts'),
  },
  env: {
    usage: '[set <NAME> < file | set <NAME>=<value>... --plain | unset <NAME>...] [--app <appid>]',
    words: Infinity,
    summary: 'List, set or remove environment variables (secret unless --plain)',
    options: { app: text, plain: flag },
    load: () => import('./commands/env.ts'),
  },
}
