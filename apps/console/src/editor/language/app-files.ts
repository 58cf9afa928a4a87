/**
 * Sources of functions that are not open, as files of the compiler. They are roots, so that references, renames and
 * auto-imports reach the whole app; a function that is open is a model, and that one counts.
 */
export interface AppFile {
  /** `file:///app/<name>.ts` */
  uri: string
  text: string
}

export class AppFiles {
  readonly #files = new Map<string, { text: string; version: number }>()
  #version = 0

  /** Takes over new and changed texts, and forgets files that are gone. */
  update(changed: AppFile[], gone: string[]): void {
    for (const { uri, text } of changed) this.#files.set(uri, { text, version: ++this.#version })
    for (const uri of gone) this.#files.delete(uri)
  }

  text(uri: string): string | undefined {
    return this.#files.get(uri)?.text
  }

  version(uri: string): string {
    const file = this.#files.get(uri)
    return file ? `app${file.version}` : ''
  }

  names(): string[] {
    return [...this.#files.keys()]
  }

  /** Whether a file lies in this folder, at any depth. */
  hasDirectory(uri: string): boolean {
    const inside = `${uri.replace(/\/$/, '')}/`
    return this.names().some((name) => name.startsWith(inside))
  }
}
