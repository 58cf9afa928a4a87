import fc from 'fast-check'
import { expect, test } from 'vitest'
import { writtenBytes } from '../src/features/socket/written-bytes.ts'

test('bytes that are written as digits or base64 are read, however they are set', () => {
  for (const text of ['00ff7b', '00 FF 7b', '0x00, 0xff, 0x7b', '00:ff:7b\n']) {
    expect(writtenBytes('hex', text)).toEqual(Uint8Array.of(0, 255, 123))
  }
  for (const text of ['-_8', '+/8=', '+/\n8 =']) {
    expect(writtenBytes('base64', text)).toEqual(Uint8Array.of(251, 255))
  }
  expect(writtenBytes('hex', '')).toEqual(new Uint8Array())
})

test('what stands for no bytes is told', () => {
  for (const text of ['0', '00 f', 'xx']) expect(writtenBytes('hex', text)).toBeNull()
  for (const text of ['a', 'äö', '====']) expect(writtenBytes('base64', text)).toBeNull()
})

test('any bytes come back', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const buffer = Buffer.from(bytes)
      expect(writtenBytes('hex', buffer.toString('hex'))).toEqual(bytes)
      expect(writtenBytes('base64', buffer.toString('base64'))).toEqual(bytes)
      expect(writtenBytes('base64', buffer.toString('base64url'))).toEqual(bytes)
    }),
  )
})
