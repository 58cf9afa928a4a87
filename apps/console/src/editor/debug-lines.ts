import { send } from '../features/debug/session.ts'
import { runKey } from '../features/run/execute.ts'
import { frameOf, useDebug } from '../stores/debug.ts'
import { useRuns } from '../stores/runs.ts'
import { nameOf } from './models.ts'
import { monaco } from './monaco.ts'

type CodeEditor = ReturnType<typeof monaco.editor.create>
type Decoration = Parameters<CodeEditor['createDecorationsCollection']>[0] extends (infer D)[] | undefined
  ? D
  : never

const INLINE_CHARS = 120

/**
 * What a run has told of the lines: where the program stands, which lines ran, which took time, and what `console` wrote
 * at them. Of the text that was run: an edit takes it away.
 */
export function showRunInLines(appid: string, editor: CodeEditor): () => void {
  const stand = editor.createDecorationsCollection()
  const told = editor.createDecorationsCollection()
  /** The run whose text was edited since, by function. */
  const stale = new Map<string, number>()
  const nameHere = () => {
    const model = editor.getModel()
    return model ? nameOf(model.uri) : null
  }

  const drawStand = () => {
    const place = frameOf(useDebug.getState())?.place
    if (!place || place.functionName !== nameHere()) return stand.clear()
    const range = new monaco.Range(place.line, 1, place.line, 1)
    stand.set([
      {
        range,
        options: { isWholeLine: true, className: 'debug-line', glyphMarginClassName: 'debug-pointer' },
      },
    ])
    editor.revealRangeInCenterIfOutsideViewport(range)
  }
  const drawTold = () => {
    const name = nameHere()
    const model = editor.getModel()
    if (!name || !model) return told.clear()
    const { counts, times } = useDebug.getState()
    const run = useRuns.getState().byFunction[runKey(appid, name)]
    const decorations: Decoration[] = []
    const last = model.getLineCount()
    for (const [line, count, partly] of counts[name] ?? []) {
      if (line > last) continue
      const kind = count === 0 ? 'missed' : partly ? 'partly' : 'covered'
      decorations.push({
        range: new monaco.Range(line, 1, line, 1),
        options: {
          linesDecorationsClassName: `line-${kind}`,
          hoverMessage: { value: `${count} ×` },
        },
      })
    }
    const inline = new Map<number, string>()
    const add = (line: number, text: string) =>
      inline.set(line, inline.has(line) ? `${inline.get(line)} · ${text}` : text)
    if (run && stale.get(name) !== run.id) {
      for (const [line, text] of written(run.lines, `${name}.ts`)) add(line, text)
    }
    for (const [line, ms] of times[name] ?? []) if (ms >= 1) add(line, `${ms.toFixed(1)} ms`)
    for (const [line, text] of inline) {
      if (line > last) continue
      const end = model.getLineMaxColumn(line)
      decorations.push({
        range: new monaco.Range(line, end, line, end),
        options: {
          showIfCollapsed: true,
          after: { content: `   ${text}`, inlineClassName: 'editor-inline-value' },
        },
      })
    }
    told.set(decorations)
  }
  const edited = () => {
    const name = nameHere()
    if (!name) return
    const run = useRuns.getState().byFunction[runKey(appid, name)]
    // What is running now still speaks of the text that it began with: it is not shown any more either.
    if (run) stale.set(name, run.id)
    const { counts, times } = useDebug.getState()
    if (counts[name] || times[name]) {
      const { [name]: _count, ...otherCounts } = counts
      const { [name]: _time, ...otherTimes } = times
      useDebug.setState({ counts: otherCounts, times: otherTimes })
    }
    drawTold()
  }
  const draw = () => {
    drawStand()
    drawTold()
  }

  draw()
  const disposables = [
    editor.onDidChangeModel(draw),
    editor.onDidChangeModelContent(edited),
    monaco.languages.registerHoverProvider(['typescript'], { provideHover }),
  ]
  const unsubscribe = [
    useDebug.subscribe((now, before) => {
      if (now.paused !== before.paused || now.frame !== before.frame) drawStand()
      if (now.counts !== before.counts || now.times !== before.times) drawTold()
    }),
    useRuns.subscribe(drawTold),
  ]
  return () => {
    for (const one of disposables) one.dispose()
    for (const one of unsubscribe) one()
    stand.clear()
    told.clear()
  }
}

type Lines = { text: string; source: { file: string; line: number } | null }[]

/** What was written last at each line, and how often something was. */
function written(lines: Lines, file: string): Map<number, string> {
  const found = new Map<number, { text: string; times: number }>()
  for (const { source, text } of lines) {
    if (source?.file !== file) continue
    const first = text.split('\n', 1)[0]?.trimStart() ?? ''
    // The edge of a table says nothing.
    if (first.startsWith('┌')) continue
    const times = (found.get(source.line)?.times ?? 0) + 1
    found.set(source.line, {
      text: first.length > INLINE_CHARS ? `${first.slice(0, INLINE_CHARS)}…` : first,
      times,
    })
  }
  return new Map(
    [...found].map(([line, { text, times }]) => [line, times > 1 ? `${text} (× ${times})` : text]),
  )
}

/** While the program stands: the value of what is pointed at, as far as looking at it changes nothing. */
async function provideHover(
  model: ReturnType<typeof monaco.editor.createModel>,
  { lineNumber, column }: { lineNumber: number; column: number },
) {
  const frame = frameOf(useDebug.getState())
  const word = model.getWordAtPosition({ lineNumber, column })
  if (!frame || !word || frame.place.functionName !== nameOf(model.uri)) return null
  const before = model.getLineContent(lineNumber).slice(0, word.endColumn - 1)
  const expression = /[\w$]+(?:\??\.[\w$]+)*$/.exec(before)?.[0]
  if (!expression || !/^[A-Za-z_$]/.test(expression)) return null
  try {
    const { value, thrown } = await send('Debugger.evaluateOnCallFrame', {
      callFrameId: frame.callFrameId,
      expression,
      throwOnSideEffect: true,
    })
    if (thrown) return null
    return {
      range: new monaco.Range(lineNumber, word.startColumn, lineNumber, word.endColumn),
      contents: [{ value: `\`\`\`js\n${expression} = ${value.text}\n\`\`\`` }],
    }
  } catch {
    return null // the program went on
  }
}
