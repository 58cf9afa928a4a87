import { t } from '../../i18n/i18n.ts'
import { type ReviewItem, reviewChanges } from '../../stores/review.ts'
import { nameOf, uriOf } from '../models.ts'
import { monaco } from '../monaco.ts'
import { applyTexts, currentText, wholeApp } from '../whole-app.ts'
import { applyEdits, rangeIn } from './offsets.ts'
import { functionWorker, languageState } from './service.ts'
import type { FileEdits } from './worker-api.ts'

/** Renames a symbol everywhere. What reaches into other functions is one change that is looked at first. */
monaco.languages.registerRenameProvider('typescript', {
  async resolveRenameLocation(model, position) {
    const worker = await functionWorker()
    const answer = await worker.rename(model.uri.toString(), model.getOffsetAt(position))
    if ('refused' in answer) {
      return { range: new monaco.Range(1, 1, 1, 1), text: '', rejectReason: answer.refused }
    }
    return { range: monaco.Range.lift(rangeIn(model.getValue(), answer.at)), text: answer.name }
  },

  async provideRenameEdits(model, position, newName) {
    const worker = await functionWorker()
    const answer = await worker.rename(model.uri.toString(), model.getOffsetAt(position))
    if ('refused' in answer) return { edits: [], rejectReason: answer.refused }
    const byFile = Map.groupBy(answer.places, ({ fileName }) => fileName)
    const files = [...byFile].map(([fileName, places]) => ({
      fileName,
      changes: places.map(({ span, prefix, suffix }) => ({ span, newText: prefix + newName + suffix })),
    }))
    const [only] = files
    if (files.length === 1 && only?.fileName === model.uri.toString()) {
      const text = model.getValue()
      return {
        edits: only.changes.map(({ span, newText }) => ({
          resource: model.uri,
          versionId: model.getVersionId(),
          textEdit: { range: rangeIn(text, span), text: newText },
        })),
      }
    }
    // Not awaited: Monaco would show its progress behind the dialog.
    void reviewAndApply(t('review.renameTitle', { from: answer.name, to: newName }), files)
    return { edits: [] }
  },
})

/** Shows what would change in which function, and writes what was agreed to as drafts. */
async function reviewAndApply(title: string, files: FileEdits[]): Promise<void> {
  const items = files.flatMap(({ fileName, changes }) => {
    const name = nameOf(monaco.Uri.parse(fileName))
    const before = name === null ? null : currentText(name)
    if (name === null || before === null) return []
    return [{ name, before, after: applyEdits(before, changes) }]
  })
  await reviewTexts(title, items)
}

/** The same for texts as a whole. */
export async function reviewTexts(title: string, items: ReviewItem[]): Promise<void> {
  if (items.length === 0) return
  const agreed = await reviewChanges(title, items)
  if (agreed) await applyTexts(items.filter(({ name }) => agreed.has(name)))
}

/** Asked before a function moves, since the worker knows it by its old name then. */
export async function importsAfterMove(name: string, newName: string): Promise<() => void> {
  if (languageState() !== 'ready') return () => {}
  await wholeApp()
  const from = uriOf(name).toString()
  const to = uriOf(newName).toString()
  const files = await (await functionWorker()).moveEdits(from, to)
  const texts = new Map(
    files.map(({ fileName }) => [fileName, currentText(nameOf(monaco.Uri.parse(fileName)) ?? '')]),
  )
  return () => {
    const items = files.flatMap(({ fileName, changes }) => {
      const before = texts.get(fileName)
      const at = nameOf(monaco.Uri.parse(fileName === from ? to : fileName))
      return typeof before === 'string' && at !== null
        ? [{ name: at, before, after: applyEdits(before, changes) }]
        : []
    })
    void reviewTexts(t('functions.moveTitle', { name, to: newName }), items)
  }
}
