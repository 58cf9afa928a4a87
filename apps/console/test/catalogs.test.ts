import { expect, test } from 'vitest'
import { en } from '../src/i18n/en.ts'
import { activate, t, withMessages } from '../src/i18n/i18n.ts'
import { zhCn } from '../src/i18n/zh-cn.ts'

const slots = (text: string) => [...text.matchAll(/\{([^{}|]+)/g)].map(([, name]) => name).sort()

test('every language has the same messages with the same values', () => {
  expect(Object.keys(zhCn).sort()).toEqual(Object.keys(en).sort())
  for (const id of Object.keys(en) as (keyof typeof en)[])
    expect([id, slots(zhCn[id])]).toEqual([id, slots(en[id])])
})

test('plurals follow the language', () => {
  expect(t('apps.functions', { n: 1 })).toBe('1 function')
  expect(t('apps.functions', { n: 0 })).toBe('0 functions')
  expect(t('apps.functions', { n: 1200 })).toBe('1,200 functions')
})

test('switching the language changes the messages', async () => {
  Object.assign(globalThis, { document: { documentElement: {} } })
  await activate('zh-CN')
  expect(t('apps.functions', { n: 1 })).toBe('1 个函数')
  await activate('en')
  expect(t('action.publish')).toBe('Publish')
})

test('what later pages say comes with the first of them, in the language that was chosen last', async () => {
  const loading = withMessages(async () => 'a page')()
  const first = activate('zh-CN')
  await Promise.all([activate('en'), first])
  expect(await loading).toBe('a page')
  expect(t('draft.saved')).toBe('Saved')
  await activate('zh-CN')
  expect(t('draft.saved')).toBe(zhCn['draft.saved'])
})
