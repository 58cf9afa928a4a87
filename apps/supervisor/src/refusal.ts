/** Lathe cannot start until the operator changes something: `setting` names what, `message` says how. */
export class Refusal extends Error {
  readonly setting: string
  constructor(setting: string, message: string) {
    super(message)
    this.name = 'Refusal'
    this.setting = setting
  }
  /** The one line that is shown. */
  get line(): string {
    return `${this.setting}: ${this.message}`
  }
}
