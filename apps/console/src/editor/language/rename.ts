import { t } from '../../i18n/i18n.ts'
import { reviewChanges } from '../../stores/review.ts'
import { nameOf } from '../models.ts'
import { monaco } from '../monaco.ts'
import { applyTexts, currentText } from '../whole-app.ts'
import { applyEdits, rangeIn } from './offsets.ts'
import { functionWorker } from './service.ts'
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
export async function reviewAndApply(title: string, files: FileEdits[]): Promise<boolean> {
  const items = files.flatMap(({ fileName, changes }) => {
    const name = nameOf(monaco.Uri.parse(fileName))
    const before = name === null ? null : currentText(name)
    if (name === null || before === null) return []
    return [{ name, before, after: applyEdits(before, changes) }]
  })
  const agreed = await reviewChanges(title, items)
  if (!agreed) return false
  await applyTexts(items.filter(({ name }) => agreed.has(name)))
  return true
}
