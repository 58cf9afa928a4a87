import type { LanguageService } from 'monaco-editor/languages/features/typescript/ts.worker'
import type { Completion, FileEdits, Place } from './worker-api.ts'

/** TypeScript's answers, without what cannot cross the worker's border. */
type Entry = NonNullable<ReturnType<LanguageService['getCompletionsAtPosition']>>['entries'][number]

export function completionOf(entry: Entry): Completion {
  return {
    name: entry.name,
    kind: entry.kind,
    sortText: entry.sortText,
    deprecated: /\bdeprecated\b/.test(entry.kindModifiers ?? ''),
    ...(entry.insertText === undefined ? {} : { insertText: entry.insertText }),
    ...(entry.replacementSpan ? { span: entry.replacementSpan } : {}),
    ...(entry.source === undefined ? {} : { source: entry.source }),
    ...(entry.data === undefined ? {} : { data: entry.data }),
  }
}

export function textOf(parts: { text: string }[] | undefined): string {
  return (parts ?? []).map(({ text }) => text).join('')
}

export function placeOf({ fileName, textSpan }: { fileName: string; textSpan: Place['span'] }): Place {
  return { fileName, span: { start: textSpan.start, length: textSpan.length } }
}

export function editsOf({
  fileName,
  textChanges,
}: {
  fileName: string
  textChanges: readonly FileEdits['changes'][number][]
}) {
  return {
    fileName,
    changes: textChanges.map(({ span, newText }) => ({
      span: { start: span.start, length: span.length },
      newText,
    })),
  }
}
