import { expect, test } from 'vitest'
import { readSettings } from '../src/config/settings.ts'
import { Refusal } from '../src/refusal.ts'

function refusal(env: Record<string, string>): Refusal {
  try {
    readSettings(env)
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
  throw new Error('the settings were accepted')
}

test('without any setting the defaults of the README hold', () => {
  expect(readSettings({ HOME: '/home/x' })).toMatchObject({
    LATHE_HOST: '127.0.0.1',
    LATHE_PORT: 8000,
    LATHE_DATA: './.lathe',
    LATHE_RUNTIME_DRIVER: 'local',
    LATHE_GATEWAY_DRIVER: 'embedded',
    LATHE_MONGO_SYNCHRONOUS: 'FULL',
  })
})

test('an empty value counts as not set', () => {
  expect(readSettings({ LATHE_PORT: '', MONGODB_URL: '' })).toMatchObject({ LATHE_PORT: 8000 })
})

test.each([
  [{ LATHE_PORT: 'eighty' }, 'LATHE_PORT'],
  [{ LATHE_PORT: '70000' }, 'LATHE_PORT'],
  [{ MONGODB_URL: 'localhost:27017' }, 'MONGODB_URL'],
  [{ LATHE_SECRET_KEY: 'short' }, 'LATHE_SECRET_KEY'],
  [{ LATHE_OWNER_EMAIL: 'a@b.example' }, 'LATHE_OWNER_PASSWORD'],
  [{ LATHE_OWNER_PASSWORD: 'long enough' }, 'LATHE_OWNER_EMAIL'],
  [{ LATHE_CONSOLE_HOST: 'http://x' }, 'LATHE_CONSOLE_HOST'],
  [{ LATHE_RUNTIME_DRIVER: 'lambda' }, 'LATHE_RUNTIME_DRIVER'],
  [{ LATHE_REPLICAS: '3' }, 'LATHE_REPLICAS'],
  [{ LATHE_MONGO_SYNCHRONOUS: 'OFF' }, 'LATHE_MONGO_SYNCHRONOUS'],
  [{ LATHE_RUNTIME_DRIVER: 'docker', MONGODB_URL: 'mongodb://u:p@127.0.0.1:27017' }, 'MONGODB_URL'],
])('%j is refused by name', (env, name) => {
  const { setting, line } = refusal(env)
  expect(setting).toBe(name)
  expect(line).toMatch(new RegExp(`^${name}: .+`))
  expect(line).not.toContain('\n')
})

test('a misspelt setting is refused, and the real names are listed', () => {
  expect(refusal({ LATHE_PROT: '1' }).line).toContain('LATHE_PORT')
})

test('a secret that is refused is not shown', () => {
  expect(refusal({ LATHE_SECRET_KEY: 'hunter2' }).line).not.toContain('hunter2')
  expect(refusal({ MONGODB_URL: 'http://u:hunter2@h' }).line).not.toContain('hunter2')
})
