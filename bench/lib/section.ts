/** One chapter of the results. */
export interface Section {
  title: string
  /** Markdown. */
  text: string
  /** Rows `aim, measured, met or missed`. */
  verdicts: string[][]
}
