import { type RefObject, useEffect, useRef } from 'react'

/** Puts the focus on an element when it is first shown, e.g. where one begins to type in a dialog. */
export function useFocus<E extends HTMLElement>(wanted = true): RefObject<E | null> {
  const ref = useRef<E>(null)
  useEffect(() => {
    if (wanted) ref.current?.focus()
  }, [wanted])
  return ref
}
