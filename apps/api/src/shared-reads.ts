interface Reading {
  running: Promise<unknown>
  next: Promise<unknown> | null
}

/**
 * Large reads that many ask for at once are done once for all of them. Who asks while one runs gets the next one, which
 * begins after he asked: so nobody is told what was before, and at most two are under way for a key.
 */
export class SharedReads {
  #readings = new Map<string, Reading>()

  read<T>(key: string, read: () => Promise<T>): Promise<T> {
    const reading = this.#readings.get(key)
    if (!reading) return this.#start(key, read)
    reading.next ??= reading.running.then(
      () => this.#start(key, read),
      () => this.#start(key, read),
    )
    return reading.next as Promise<T>
  }

  #start<T>(key: string, read: () => Promise<T>): Promise<T> {
    const running = read()
    const reading: Reading = { running, next: null }
    this.#readings.set(key, reading)
    const end = () => {
      if (reading.next === null) this.#readings.delete(key)
    }
    running.then(end, end)
    return running
  }
}
