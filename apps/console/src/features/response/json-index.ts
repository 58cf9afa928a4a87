/** What a row of pretty-printed JSON is. */
export const ROW = { value: 0, openObject: 1, openArray: 2, close: 3, inline: 4 } as const

/**
 * The rows of a JSON text, pretty-printed: `STRIDE` numbers per row. Positions are in the text (UTF-16 units); so values
 * are shown as they were sent, numbers of any length included, and nothing is copied.
 */
export type JsonRows = Int32Array<ArrayBuffer>

export const STRIDE = 6
/** Fields of a row: what it is, with its depth and a comma's flag; its name; its value; the row that closes it. */
export const FIELD = { kind: 0, nameStart: 1, nameEnd: 2, start: 3, end: 4, close: 5 } as const

const COMMA = 8
const DEPTH = 16
/** Containers of plain values that fit into so many characters stand in one row. */
const INLINE_CHARS = 60

export const kindOfRow = (rows: JsonRows, row: number) => rows[row * STRIDE]! & 7
export const depthOfRow = (rows: JsonRows, row: number) => rows[row * STRIDE]! >> 4
export const hasComma = (rows: JsonRows, row: number) => (rows[row * STRIDE]! & COMMA) !== 0
export const field = (rows: JsonRows, row: number, which: number) => rows[row * STRIDE + which]!

const SPACE = /[ \t\n\r]*/y
const ESCAPE = /["\\/bfnrt]|u[\da-fA-F]{4}/y
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y

/**
 * Reads a JSON text (RFC 8259) in one pass, without recursion and without making its values.
 * @returns null when it is none
 */
export function indexJson(text: string): JsonRows | null {
  return new Indexer(text).index()
}

class Indexer {
  #text: string
  #at = 0
  #rows: JsonRows = new Int32Array(STRIDE * 256)
  #count = 0
  /** Rows of the containers that are open. */
  #open: number[] = []
  #nameStart = -1
  #nameEnd = -1

  constructor(text: string) {
    this.#text = text
  }

  index(): JsonRows | null {
    for (;;) {
      this.#skip(SPACE)
      const begun = this.#value()
      if (begun === null) return null
      if (begun === 'opened') continue
      const next = this.#afterValue()
      if (next === 'end') return this.#rows.slice(0, this.#count * STRIDE)
      if (next === null) return null
    }
  }

  /** A scalar, an empty container, or the beginning of one; null when there is none. */
  #value(): 'whole' | 'opened' | null {
    const start = this.#at
    const char = this.#text.charCodeAt(start)
    const isObject = char === 123
    if (!isObject && char !== 91) {
      if (!(char === 34 ? this.#string() : this.#skip(SCALAR))) return null
      this.#push(ROW.value, start)
      return 'whole'
    }
    this.#at++
    this.#skip(SPACE)
    if (this.#text.charCodeAt(this.#at) === (isObject ? 125 : 93)) {
      this.#at++
      this.#push(ROW.inline, start)
      return 'whole'
    }
    this.#push(isObject ? ROW.openObject : ROW.openArray, start)
    this.#open.push(this.#count - 1)
    return !isObject || this.#name() ? 'opened' : null
  }

  #afterValue(): 'more' | 'end' | null {
    for (;;) {
      this.#skip(SPACE)
      const open = this.#open.at(-1)
      if (open === undefined) return this.#at === this.#text.length ? 'end' : null
      const isObject = kindOfRow(this.#rows, open) === ROW.openObject
      const char = this.#text.charCodeAt(this.#at)
      if (char === 44) {
        this.#rows[(this.#count - 1) * STRIDE]! |= COMMA
        this.#at++
        this.#skip(SPACE)
        return !isObject || this.#name() ? 'more' : null
      }
      if (char !== (isObject ? 125 : 93)) return null
      this.#at++
      this.#open.pop()
      this.#close(open)
    }
  }

  #name(): boolean {
    const start = this.#at
    if (!this.#string()) return false
    this.#nameStart = start
    this.#nameEnd = this.#at
    this.#skip(SPACE)
    if (this.#text.charCodeAt(this.#at) !== 58) return false
    this.#at++
    return true
  }

  /** By hand: an expression would need a stack as long as the string. */
  #string(): boolean {
    const text = this.#text
    let at = this.#at
    if (text.charCodeAt(at++) !== 34) return false
    for (;;) {
      const char = text.charCodeAt(at++)
      if (char === 34) break
      if (!(char >= 32)) return false // a control character, or the text's end
      if (char !== 92) continue
      ESCAPE.lastIndex = at
      if (!ESCAPE.test(text)) return false
      at = ESCAPE.lastIndex
    }
    this.#at = at
    return true
  }

  /** @returns whether the expression matches here, and goes behind it */
  #skip(expression: RegExp): boolean {
    expression.lastIndex = this.#at
    if (!expression.test(this.#text)) return false
    this.#at = expression.lastIndex
    return true
  }

  #close(open: number): void {
    const at = open * STRIDE
    if (this.#isShort(open)) {
      this.#rows[at] = (this.#rows[at]! & ~7) | ROW.inline
      this.#rows[at + FIELD.end] = this.#at
      this.#count = open + 1
      return
    }
    this.#rows[at + FIELD.close] = this.#count
    this.#push(ROW.close, this.#at - 1)
  }

  /** The outermost object is always spread: that is what one wants to read. */
  #isShort(open: number): boolean {
    const rows = this.#rows
    if (open === 0 && kindOfRow(rows, open) === ROW.openObject) return false
    let chars = 0
    for (let row = open + 1; row < this.#count; row++) {
      const kind = kindOfRow(rows, row)
      if (kind !== ROW.value && kind !== ROW.inline) return false
      chars += field(rows, row, FIELD.end) - field(rows, row, FIELD.start) + 2
      chars += field(rows, row, FIELD.nameEnd) - field(rows, row, FIELD.nameStart)
      if (chars > INLINE_CHARS) return false
    }
    return true
  }

  #push(kind: number, start: number): void {
    const at = this.#count * STRIDE
    if (at === this.#rows.length) {
      const grown = new Int32Array(this.#rows.length * 2)
      grown.set(this.#rows)
      this.#rows = grown
    }
    const depth = this.#open.length
    this.#rows[at] = kind | (depth * DEPTH)
    this.#rows[at + FIELD.nameStart] = this.#nameStart
    this.#rows[at + FIELD.nameEnd] = this.#nameEnd
    this.#rows[at + FIELD.start] = start
    this.#rows[at + FIELD.end] = this.#at
    this.#rows[at + FIELD.close] = -1
    this.#nameStart = -1
    this.#nameEnd = -1
    this.#count++
  }
}
