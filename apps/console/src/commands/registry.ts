import { useEffect, useRef } from 'react'
import { matchesKeys } from '../lib/keys.ts'
import { type CommandId, commandRows } from './table.ts'

type Handler = () => void

/** Handlers by command; the newest one wins, and goes with the component that registered it. */
const handlers = new Map<CommandId, Handler[]>()

export function register(id: CommandId, handler: Handler): () => void {
  const list = handlers.get(id) ?? []
  list.push(handler)
  handlers.set(id, list)
  return () => {
    list.splice(list.indexOf(handler), 1)
  }
}

/** Offers a command for as long as the component is shown (and `enabled`). */
export function useCommand(id: CommandId, handler: Handler, enabled = true): void {
  const latest = useRef(handler)
  useEffect(() => {
    latest.current = handler
  })
  useEffect(() => (enabled ? register(id, () => latest.current()) : undefined), [id, enabled])
}

export function canRun(id: CommandId): boolean {
  return (handlers.get(id)?.length ?? 0) > 0
}

/** Runs a command; false when nobody offers it now. */
export function runCommand(id: CommandId): boolean {
  const handler = handlers.get(id)?.at(-1)
  handler?.()
  return handler !== undefined
}

/** Listens for the table's keys before anything else on the page does, Monaco included. */
export function listenForKeys(): () => void {
  const onKey = (event: KeyboardEvent) => {
    if (event.isComposing || event.repeat) return
    // A dialog is a question of its own: what lies behind it does not answer to keys.
    if (document.querySelector('[role=dialog][data-state=open]')) return
    for (const [id, row] of commandRows) {
      const hit = (row.keys && matchesKeys(row.keys, event)) || (row.also && matchesKeys(row.also, event))
      if (!hit || (row.outsideInputs && inTextField(event)) || !canRun(id)) continue
      event.preventDefault()
      event.stopPropagation()
      runCommand(id)
      return
    }
  }
  addEventListener('keydown', onKey, { capture: true })
  return () => removeEventListener('keydown', onKey, { capture: true })
}

function inTextField(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null
  return Boolean(
    target?.closest('input, textarea, select, [contenteditable], [role=textbox], .monaco-editor'),
  )
}
