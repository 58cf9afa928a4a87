/** Key combinations are written `Mod+Shift+Enter`; Mod is Cmd on Apple machines and Ctrl elsewhere. */
const apple = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? '')

const glyphs: Record<string, string> = apple
  ? { Mod: '⌘', Shift: '⇧', Alt: '⌥', Enter: '↵' }
  : { Mod: 'Ctrl', Enter: '↵' }

/** The keys as a person reads them on this machine. */
export function keyLabels(combo: string): string[] {
  return combo.split('+').map((key) => glyphs[key] ?? key)
}

interface KeyPress {
  key: string
  /** The key by its place, since Alt changes what it writes on Apple machines. */
  code: string
  ctrlKey: boolean
  metaKey: boolean
  shiftKey: boolean
  altKey: boolean
}

/** Whether a key press is this combination, no more and no less. */
export function matchesKeys(combo: string, event: KeyPress, isApple = apple): boolean {
  const parts = combo.split('+')
  const key = parts.at(-1) ?? ''
  const mod = isApple ? event.metaKey : event.ctrlKey
  const other = isApple ? event.ctrlKey : event.metaKey
  // `?` is typed with Shift on most layouts: a sign that is not a letter carries its own Shift.
  const shift = /^[^\w\s]$/.test(key) ? event.shiftKey : parts.includes('Shift')
  const written = event.altKey ? event.code.replace(/^Key/, '') : event.key
  return (
    written.toLowerCase() === key.toLowerCase() &&
    mod === parts.includes('Mod') &&
    !other &&
    event.shiftKey === shift &&
    event.altKey === parts.includes('Alt')
  )
}
