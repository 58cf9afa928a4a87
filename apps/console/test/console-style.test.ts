import { expect, test } from 'vitest'
import { styleOf } from '../src/features/run/console-style.ts'

test('what %c may change is colours, weight and the like', () => {
  expect(styleOf('color: #fff; background:rgb(1 2 3 / 50%); FONT-WEIGHT: bold;padding:2px 4px')).toEqual({
    color: '#fff',
    background: 'rgb(1 2 3 / 50%)',
    fontWeight: 'bold',
    padding: '2px 4px',
  })
})

test('nothing is loaded, moved or covered by it', () => {
  for (const css of [
    'background: url(https://example.com/x)',
    'background: red url("x")',
    'background-image: url(x)',
    'background: image-set("x" 1x)',
    'color: var(--x)',
    'color: rgb(url(x))',
    'position: fixed; inset: 0; z-index: 9',
    'padding: 9999px',
    'padding: 99em',
    'margin: -40px',
    'font-size: 500px',
    'constructor: red',
    '__proto__: red',
    ';;:',
    'no declaration at all',
  ]) {
    expect(styleOf(css)).toEqual({})
  }
})
