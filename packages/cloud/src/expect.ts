type Fields = Record<string, unknown>

/** What can be said of a value. The library behind it is `@vitest/expect`. */
export interface Matchers<T, R = void> {
  /** The same value (`Object.is`). */
  toBe(expected: T): R
  /** The same structure; fields that are `undefined` do not count. */
  toEqual(expected: unknown): R
  /** The same structure, kinds of objects and `undefined` fields included. */
  toStrictEqual(expected: unknown): R
  /** These fields, at any depth, whatever else there is. */
  toMatchObject(expected: Fields | unknown[]): R
  /** Text that matches or contains this. */
  toMatch(expected: string | RegExp): R
  /** A list that has this element, or a text that has this part. */
  toContain(expected: unknown): R
  /** A list that has an element of this structure. */
  toContainEqual(expected: unknown): R
  toHaveLength(length: number): R
  /** A field, by its path: `a.b[0]`. */
  toHaveProperty(path: string | readonly (string | number)[], value?: unknown): R
  toBeTruthy(): R
  toBeFalsy(): R
  toBeNull(): R
  toBeUndefined(): R
  toBeDefined(): R
  toBeNaN(): R
  toBeGreaterThan(expected: number | bigint): R
  toBeGreaterThanOrEqual(expected: number | bigint): R
  toBeLessThan(expected: number | bigint): R
  toBeLessThanOrEqual(expected: number | bigint): R
  /** The same but for `digits` decimals (2). */
  toBeCloseTo(expected: number, digits?: number): R
  toBeInstanceOf(expected: unknown): R
  toBeTypeOf(
    expected: 'bigint' | 'boolean' | 'function' | 'number' | 'object' | 'string' | 'symbol' | 'undefined',
  ): R
  toBeOneOf(expected: readonly unknown[]): R
  toSatisfy(predicate: (value: T) => boolean, message?: string): R
  /** Of a function: calling it throws this. */
  toThrow(expected?: string | RegExp | Error | (new (...args: never[]) => Error)): R
  /** The opposite. */
  readonly not: Matchers<T, R>
  /** Of a promise: what it resolves to. */
  readonly resolves: Matchers<Awaited<T>, Promise<void>>
  /** Of a promise: what it is rejected with. */
  readonly rejects: Matchers<unknown, Promise<void>>
}

export interface Expect {
  <T>(value: T, message?: string): Matchers<T>
  /** Fails here. */
  fail(message?: string): never
  /** Matchers of one's own. */
  extend(
    matchers: Record<
      string,
      (value: never, ...args: never[]) => { pass: boolean; message: () => string } | Promise<unknown>
    >,
  ): void
  /** Inside of an expected structure: anything but null and undefined. */
  anything(): unknown
  /** Something made by this class: `expect.any(String)`. */
  any(kind: unknown): unknown
  objectContaining(expected: Fields): unknown
  arrayContaining(expected: readonly unknown[]): unknown
  stringContaining(expected: string): unknown
  stringMatching(expected: string | RegExp): unknown
  closeTo(expected: number, digits?: number): unknown
  readonly not: {
    objectContaining(expected: Fields): unknown
    arrayContaining(expected: readonly unknown[]): unknown
    stringContaining(expected: string): unknown
    stringMatching(expected: string | RegExp): unknown
  }
}
