import { depthOfRow, FIELD, field, hasComma, type JsonRows, kindOfRow, ROW, STRIDE } from './json-index.ts'

export interface Token {
  kind: 'key' | 'string' | 'number' | 'word' | null
  text: string
}

/** Longer values are cut where they are shown. */
const SHOWN_CHARS = 2_000

/** A JSON text as rows of which some are folded away. */
export class JsonDocument {
  readonly text: string
  readonly #rows: JsonRows
  readonly #folded = new Set<number>()
  /** Indices of the rows that show; null while all do. */
  #visible: Int32Array | null = null

  constructor(text: string, rows: JsonRows) {
    this.text = text
    this.#rows = rows
  }

  get rowCount(): number {
    return this.#rows.length / STRIDE
  }

  /** How many rows show. */
  get shownCount(): number {
    return this.#visible?.length ?? this.rowCount
  }

  /** The row that shows at a place. */
  rowAt(shown: number): number {
    return this.#visible?.[shown] ?? shown
  }

  /** The place of a row that shows. */
  placeOf(row: number): number {
    return this.#visible ? lastNotAfter(this.#visible.length, row, (at) => this.#visible![at]!) : row
  }

  depth(row: number): number {
    return depthOfRow(this.#rows, row)
  }

  /** null where there is nothing to fold. */
  isFolded(row: number): boolean | null {
    const kind = kindOfRow(this.#rows, row)
    return kind === ROW.openObject || kind === ROW.openArray ? this.#folded.has(row) : null
  }

  fold(row: number, isFolded: boolean): void {
    if (this.isFolded(row) === null) return
    if (isFolded) this.#folded.add(row)
    else this.#folded.delete(row)
    this.#arrange()
  }

  /** Folds everything below the outermost level, or nothing. */
  foldAll(isFolded: boolean): void {
    this.#folded.clear()
    if (isFolded) {
      for (let row = 1; row < this.rowCount; row++) {
        if (depthOfRow(this.#rows, row) === 1 && this.isFolded(row) !== null) this.#folded.add(row)
      }
    }
    this.#arrange()
  }

  /** Unfolds whatever hides a row. */
  reveal(row: number): void {
    for (const one of this.#folded) {
      if (one < row && row <= field(this.#rows, one, FIELD.close)) this.#folded.delete(one)
    }
    this.#arrange()
  }

  /** The row in whose name or value a position of the text is. */
  rowOf(position: number): number {
    const rows = this.#rows
    return lastNotAfter(this.rowCount, position, (row) => {
      const name = field(rows, row, FIELD.nameStart)
      return name < 0 ? field(rows, row, FIELD.start) : name
    })
  }

  tokens(row: number): Token[] {
    const rows = this.#rows
    const kind = kindOfRow(rows, row)
    const nameStart = field(rows, row, FIELD.nameStart)
    const tokens: Token[] = []
    if (nameStart >= 0) {
      tokens.push({ kind: 'key', text: this.#slice(nameStart, field(rows, row, FIELD.nameEnd)) })
      tokens.push({ kind: null, text: ': ' })
    }
    const start = field(rows, row, FIELD.start)
    const end = field(rows, row, FIELD.end)
    if (kind === ROW.inline) tokens.push(...inlineTokens(this.text.slice(start, end)))
    else if (kind === ROW.value) tokens.push(scalar(this.#slice(start, end)))
    else tokens.push({ kind: null, text: this.text[start]! })
    let last = row
    if (this.#folded.has(row)) {
      last = field(rows, row, FIELD.close)
      tokens.push({ kind: null, text: `…${kind === ROW.openObject ? '}' : ']'}` })
    }
    if (hasComma(rows, last)) tokens.push({ kind: null, text: ',' })
    return tokens
  }

  #slice(start: number, end: number): string {
    const cut = end - start - SHOWN_CHARS
    return cut > 0 ? `${this.text.slice(start, start + SHOWN_CHARS)}… (+${cut})` : this.text.slice(start, end)
  }

  #arrange(): void {
    if (this.#folded.size === 0) {
      this.#visible = null
      return
    }
    const shown = new Int32Array(this.rowCount)
    let count = 0
    for (let row = 0; row < this.rowCount; row++) {
      shown[count++] = row
      if (this.#folded.has(row)) row = field(this.#rows, row, FIELD.close)
    }
    this.#visible = shown.subarray(0, count)
  }
}

/** The last of `count` sorted values that is not beyond `limit`, by halving. */
function lastNotAfter(count: number, limit: number, valueAt: (index: number) => number): number {
  let low = 0
  let high = count - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (valueAt(middle) <= limit) low = middle
    else high = middle - 1
  }
  return low
}

function scalar(text: string): Token {
  const first = text[0]!
  return { kind: first === '"' ? 'string' : /[-\d]/.test(first) ? 'number' : 'word', text }
}

const PIECE = /"(?:[^"\\]|\\.)*"|[-\w.+]+|[[\]{},:]/g

/** `{ "a": 1, "b": [2] }`, however it was spaced. */
function inlineTokens(text: string): Token[] {
  const pieces = text.match(PIECE) ?? []
  return pieces.flatMap((piece, index): Token[] => {
    const next = pieces[index + 1]
    switch (piece) {
      case '{':
        return [{ kind: null, text: next === '}' ? '{' : '{ ' }]
      case '}':
        return [{ kind: null, text: pieces[index - 1] === '{' ? '}' : ' }' }]
      case ',':
      case ':':
        return [{ kind: null, text: `${piece} ` }]
      case '[':
      case ']':
        return [{ kind: null, text: piece }]
      default:
        return [next === ':' ? { kind: 'key', text: piece } : scalar(piece)]
    }
  })
}
