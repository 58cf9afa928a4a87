/** @returns null for an empty text (no limit), undefined for what is no whole number between the two */
export function wholeNumber(text: string, least: number, most: number): number | null | undefined {
  const trimmed = text.trim()
  if (trimmed === '') return null
  const value = /^\d{1,9}$/.test(trimmed) ? Number(trimmed) : Number.NaN
  return value >= least && value <= most ? value : undefined
}

/** The words of a text that are set apart by commas, spaces or lines. */
export function words(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '')
}
