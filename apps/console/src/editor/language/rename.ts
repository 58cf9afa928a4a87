import { t } from '../../i18n/i18n.ts'
import type { Move } from '../../stores/editor-bridge.ts'
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

/**
 * Asked before functions move, since the worker knows them by their old names then. Several are a folder's: the worker is
 * asked about the folder, so what moves together goes on importing one another as it did.
 */
export async function importsAfterMove(moves: Move[]): Promise<() => void> {
  const [from, to] = folderMoved(moves)
  if (from === '' || languageState() !== 'ready') return () => {}
  await wholeApp()
  const isFolder = moves.length > 1
  const pathOf = (name: string) =>
    uriOf(name)
      .toString()
      .slice(0, isFolder ? -'.ts'.length : undefined)
  const files = await (await functionWorker()).moveEdits(pathOf(from), pathOf(to))
  const names = new Map(moves.map(({ name, newName }) => [name, newName]))
  const before = files.flatMap(({ fileName, changes }) => {
    const name = nameOf(monaco.Uri.parse(fileName))
    const text = name === null ? null : currentText(name)
    return name === null || text === null ? [] : [{ name: names.get(name) ?? name, before: text, changes }]
  })
  return () => {
    const items = before.map((one) => ({ ...one, after: applyEdits(one.before, one.changes) }))
    void reviewTexts(t('functions.moveTitle', { name: from, to }), items)
  }
}

/** What moved as a whole: the function, or the folder of them all with its new name; empty when there is none. */
function folderMoved(moves: Move[]): [from: string, to: string] {
  const [first] = moves
  if (!first) return ['', '']
  if (moves.length === 1) return [first.name, first.newName]
  let { name, newName } = first
  while (name.includes('/') && newName.includes('/')) {
    name = name.slice(0, name.lastIndexOf('/'))
    newName = newName.slice(0, newName.lastIndexOf('/'))
    const [from, to] = [`${name}/`, `${newName}/`]
    if (moves.every((one) => one.name.startsWith(from) && one.newName === to + one.name.slice(from.length)))
      return [name, newName]
  }
  return ['', '']
}
