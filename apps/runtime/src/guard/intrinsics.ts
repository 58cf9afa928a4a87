import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'
import { EventEmitter } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import stream from 'node:stream'
import { MessagePort } from 'node:worker_threads'

const CHECK_MS = 50
/** While nobody calls the app, which may still have timers of its own, one in so many turns is enough. */
const QUIET_TURNS = 20
/** Accessors take longer to compare: once in so many checks. */
const ACCESSOR_CHECKS = 4

interface Known {
  target: object
  owner: string
  key: PropertyKey
  value: unknown
  /** null: it is inherited, and nothing of that name may stand before it. */
  descriptor: PropertyDescriptor | null
}

const { defineProperty, deleteProperty, getOwnPropertyDescriptor, getPrototypeOf, has, ownKeys } = Reflect
const iteratorOf = (of: Iterable<unknown>) => Object.getPrototypeOf(of[Symbol.iterator]()) as object

/** What requests are handled with, in this bundle and in Node's own modules; classes stand for their prototypes, too. */
const OWNERS: Record<string, object> = {
  Object,
  Function,
  Array,
  String,
  Number,
  Boolean,
  RegExp,
  Map,
  Set,
  WeakMap,
  WeakSet,
  Promise,
  Date,
  Reflect,
  Symbol,
  ArrayBuffer,
  TypedArray: Object.getPrototypeOf(Uint8Array) as object,
  Uint8Array,
  Buffer,
  'the iterator of arrays': iteratorOf([]),
  'the iterator of maps': iteratorOf(new Map()),
  'the iterator of sets': iteratorOf(new Set()),
  performance: Performance,
  Timeout: Object.getPrototypeOf(setTimeout(() => {}, 0)) as object,
  EventTarget,
  AbortController,
  AbortSignal,
  EventEmitter,
  AsyncLocalStorage,
  AsyncResource,
  MessagePort,
  Stream: stream.Stream,
  Readable: stream.Readable,
  Writable: stream.Writable,
  Duplex: stream.Duplex,
  'net.Socket': net.Socket,
  'net.Server': net.Server,
  'http.Server': http.Server,
  'http.IncomingMessage': http.IncomingMessage,
  'http.OutgoingMessage': http.OutgoingMessage,
  'http.ServerResponse': http.ServerResponse,
}

/** What errors say about themselves is the app's own affair. */
const FREE: ReadonlySet<PropertyKey> = new Set(['prototype', 'prepareStackTrace', 'stackTraceLimit'])

/**
 * Functions of one app share the language's and Node's prototypes, and so do the platform's own code and Node's: one
 * that replaces `Array.prototype.push` breaks them all. They cannot be made read-only: what inherits from them could
 * then not assign a method of its own name, as older packages do. So what has been replaced is put back soon.
 * What is added stays: that is how polyfills work.
 */
export class Intrinsics {
  readonly #values: Known[] = []
  readonly #accessors: Known[] = []
  #checks = 0
  #onChange: ((names: string) => void) | null = null
  #onStuck: (name: string) => void = () => {}

  constructor() {
    for (const name of Object.keys(OWNERS)) this.add(name, OWNERS[name]!)
  }

  /** Takes over what stands on a class and its prototype, or on a prototype, as what is to be there. */
  add(owner: string, target: object): void {
    this.#take(owner, target)
    const prototype = typeof target === 'function' ? (target.prototype as object | undefined) : undefined
    if (prototype === undefined) return
    this.#take(`${owner}.prototype`, prototype)
    this.#takeInherited(`${owner}.prototype`, prototype)
  }

  /**
   * From now on what is replaced is put back.
   * @param wasCalled whether anybody has called the app's code since it was last asked
   * @param onChange hears what was
   * @param onStuck hears what cannot be: the process is not to be trusted any more
   */
  watch(wasCalled: () => boolean, onChange: (names: string) => void, onStuck: (name: string) => void): void {
    this.#onChange = onChange
    this.#onStuck = onStuck
    let quietTurns = 0
    setInterval(() => {
      quietTurns = wasCalled() ? 0 : quietTurns + 1
      if (quietTurns < ACCESSOR_CHECKS) this.#check(this.#checks++ % ACCESSOR_CHECKS === 0)
      else if (quietTurns % QUIET_TURNS === 0) this.#check(true)
    }, CHECK_MS).unref()
  }

  /** Looks at everything now: something has failed, and this may be why. */
  restore(): void {
    if (this.#onChange) this.#check(true)
  }

  #check(accessors: boolean): void {
    let changed = ''
    const put = ({ target, owner, key, descriptor }: Known) => {
      const name = `${owner}${typeof key === 'symbol' ? `[${key.description}]` : `.${key}`}`
      // What is inherited is put back where it comes from.
      if (descriptor === null && !getOwnPropertyDescriptor(target, key)) return
      if (!(descriptor ? defineProperty(target, key, descriptor) : deleteProperty(target, key))) {
        this.#onStuck(name)
      }
      changed += changed === '' ? name : `, ${name}`
    }
    const values = this.#values
    for (let i = 0; i < values.length; i++) if (!isThere(values[i]!)) put(values[i]!)
    if (accessors) {
      const known = this.#accessors
      for (let i = 0; i < known.length; i++) if (!isSame(known[i]!)) put(known[i]!)
      // Elements of all arrays: nobody adds them but to break something.
      if (has(Array.prototype, 0)) {
        if (!deleteProperty(Array.prototype, 0)) this.#onStuck('Array.prototype[0]')
        changed += 'Array.prototype[0]'
      }
    }
    if (changed !== '') this.#onChange?.(changed)
  }

  #take(owner: string, target: object): void {
    for (const key of ownKeys(target)) {
      const descriptor = getOwnPropertyDescriptor(target, key)!
      if (FREE.has(key) || !(descriptor.configurable || descriptor.writable)) continue
      const known = { target, owner, key, value: descriptor.value as unknown, descriptor }
      if (!('value' in descriptor)) this.#accessors.push(known)
      else if (typeof descriptor.value === 'function') this.#values.push(known)
    }
  }

  #takeInherited(owner: string, target: object): void {
    const seen = new Set<PropertyKey>(ownKeys(target))
    for (
      let above = getPrototypeOf(target);
      above && above !== Object.prototype;
      above = getPrototypeOf(above)
    ) {
      for (const key of ownKeys(above)) {
        const value: unknown = getOwnPropertyDescriptor(above, key)!.value
        if (typeof value !== 'function' || seen.has(key)) continue
        seen.add(key)
        this.#values.push({ target, owner, key, value, descriptor: null })
      }
    }
  }
}

function isThere({ target, key, value }: Known): boolean {
  try {
    return (target as Record<PropertyKey, unknown>)[key] === value
  } catch {
    return false
  }
}

function isSame({ target, key, descriptor }: Known): boolean {
  const now = getOwnPropertyDescriptor(target, key)
  return now !== undefined && now.get === descriptor!.get && now.set === descriptor!.set
}
