import { useState } from 'react'

/**
 * For dialogs that a key or a menu opened: Radix gives the focus back to a trigger, and there is none. Spread the
 * result onto the dialog's content. What had the focus is noted while rendering: effects run after `autoFocus`.
 */
export function useReturnFocus(open: boolean) {
  const [noted, setNoted] = useState<{ open: boolean; before: Element | null }>({ open: false, before: null })
  if (noted.open !== open) setNoted({ open, before: open ? document.activeElement : noted.before })
  return {
    onCloseAutoFocus: (event: Event) => {
      event.preventDefault()
      if (noted.before instanceof HTMLElement && noted.before.isConnected) noted.before.focus()
    },
  }
}
