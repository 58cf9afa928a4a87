import { activeLocale } from '../../i18n/i18n.ts'

/** `1.2K`; whole numbers stay whole. */
export function formatCount(value: number): string {
  if (value !== 0 && Math.abs(value) < 1) return ''
  return value.toLocaleString(activeLocale(), { notation: 'compact', maximumFractionDigits: 1 })
}

/** `12 %` of 0.12. */
export function formatShare(value: number): string {
  return value.toLocaleString(activeLocale(), {
    style: 'percent',
    maximumFractionDigits: value < 0.1 ? 1 : 0,
  })
}
