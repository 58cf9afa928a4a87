import { register } from '../commands/registry.ts'
import { breakpointActions, breakpointsOf, useBreakpoints } from '../stores/breakpoints.ts'
import { useDebug } from '../stores/debug.ts'
import { nameOf } from './models.ts'
import { monaco } from './monaco.ts'

type CodeEditor = ReturnType<typeof monaco.editor.create>
type Decoration = Parameters<CodeEditor['createDecorationsCollection']>[0] extends (infer D)[] | undefined
  ? D
  : never

/** Breakpoints in the gutter: by click, by F9, and by the editor's menu; they move with the text. */
export function showBreakpoints(appid: string, editor: CodeEditor): () => void {
  const glyphs = editor.createDecorationsCollection()
  const hint = editor.createDecorationsCollection()
  /** Which line of the store each glyph stands for. */
  let lines: number[] = []
  const nameHere = () => {
    const model = editor.getModel()
    return model ? nameOf(model.uri) : null
  }
  const here = () => {
    const name = nameHere()
    return breakpointsOf(appid)(useBreakpoints.getState()).filter((one) => one.functionName === name)
  }

  const draw = () => {
    const { bound } = useDebug.getState()
    const wanted = here()
    lines = wanted.map(({ line }) => line)
    glyphs.set(
      wanted.map(({ functionName, line, condition, logMessage }): Decoration => {
        const state = bound.find((one) => one.functionName === functionName && one.line === line)
        const kind = logMessage ? 'log' : condition ? 'conditional' : 'plain'
        const problem = state?.problem ? ' breakpoint-problem' : ''
        return {
          range: new monaco.Range(line, 1, line, 1),
          options: {
            glyphMarginClassName: `breakpoint breakpoint-${kind}${problem}`,
            glyphMarginHoverMessage: { value: state?.problem ?? logMessage ?? condition ?? '' },
            stickiness: monaco.editor.TrackedRangeStickiness.NeverGrowsWhenTypingAtEdges,
          },
        }
      }),
    )
  }
  const follow = () => {
    const name = nameHere()
    if (name === null || lines.length === 0) return
    const moved = new Map<number, number>()
    for (const [index, range] of glyphs.getRanges().entries()) {
      const line = lines[index]
      if (line !== undefined && line !== range.startLineNumber) moved.set(line, range.startLineNumber)
    }
    if (moved.size > 0) breakpointActions.moved(appid, name, moved)
  }
  const toggle = (line: number) => {
    const name = nameHere()
    if (name) breakpointActions.toggle(appid, name, line)
  }
  const edit = (line: number, kind: 'condition' | 'logMessage' = 'condition') => {
    const functionName = nameHere()
    if (functionName) useDebug.setState({ editing: { functionName, line, kind } })
  }
  const caret = () => editor.getPosition()?.lineNumber ?? 1
  const { GUTTER_GLYPH_MARGIN } = monaco.editor.MouseTargetType

  draw()
  const disposables = [
    editor.onMouseDown(({ target, event }) => {
      const line = target.position?.lineNumber
      if (target.type !== GUTTER_GLYPH_MARGIN || !line) return
      if (event.rightButton) edit(line)
      else toggle(line)
    }),
    editor.onMouseMove(({ target }) => {
      const line = target.type === GUTTER_GLYPH_MARGIN ? target.position?.lineNumber : undefined
      hint.set(
        line
          ? [
              {
                range: new monaco.Range(line, 1, line, 1),
                options: { glyphMarginClassName: 'breakpoint-hint' },
              },
            ]
          : [],
      )
    }),
    editor.onMouseLeave(() => hint.clear()),
    editor.onDidChangeModel(draw),
    editor.onDidChangeModelContent(follow),
  ]
  const unsubscribe = [
    useBreakpoints.subscribe(draw),
    useDebug.subscribe((now, before) => now.bound !== before.bound && draw()),
    register('debug.toggleBreakpoint', () => toggle(caret())),
    register('debug.editBreakpoint', () => edit(caret())),
  ]
  return () => {
    for (const one of disposables) one.dispose()
    for (const one of unsubscribe) one()
    glyphs.clear()
    hint.clear()
  }
}
