import { useEffect, useRef, useState } from 'react'

/** `copied` is true for a moment after `copy` put the text on the clipboard. */
export function useCopy(): { copied: boolean; copy: (text: string) => void } {
  const [copied, setCopied] = useState(false)
  const timer = useRef(0)
  useEffect(() => () => clearTimeout(timer.current), [])
  return {
    copied,
    copy: (text) => {
      void navigator.clipboard.writeText(text).then(() => {
        setCopied(true)
        clearTimeout(timer.current)
        timer.current = window.setTimeout(() => setCopied(false), 1600)
      })
    },
  }
}
