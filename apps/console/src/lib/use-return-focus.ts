import { useRef } from 'react'

/**
 * For dialogs that a key or a menu opened: Radix gives the focus back to a trigger, and there is none. Spread the
 * result onto the dialog's content.
 */
export function useReturnFocus() {
  const before = useRef<Element | null>(null)
  return {
    onOpenAutoFocus: () => {
      before.current = document.activeElement
    },
    onCloseAutoFocus: (event: Event) => {
      event.preventDefault()
      if (before.current instanceof HTMLElement && before.current.isConnected) before.current.focus()
    },
  }
}
