/**
 * The app's variables. `process.env` is replaced by them, so that the app's code and its packages find them where they
 * look, and nothing else.
 */
export class AppEnv {
  readonly variables: Record<string, string> = {}
  readonly #own: Readonly<Record<string, string>>

  /** @param tmpDir the only folder for temporary files that the app may write */
  constructor(tmpDir: string) {
    this.#own = { NODE_ENV: 'production', TMPDIR: tmpDir }
    this.replace({})
  }

  replace(env: Readonly<Record<string, string>>): void {
    for (const name of Object.keys(this.variables)) if (!(name in env)) delete this.variables[name]
    for (const [name, value] of Object.entries(env)) this.variables[name] = value
    const next = { ...this.#own, ...env }
    for (const name of Object.keys(process.env)) if (!(name in next)) delete process.env[name]
    for (const [name, value] of Object.entries(next)) process.env[name] = value
  }
}
