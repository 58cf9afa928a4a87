import type { Theme } from '../stores/preferences.ts'
import { monaco } from './monaco.ts'

const names = { dark: 'lathe-dark', light: 'lathe-light', contrast: 'lathe-contrast' } as const

/** Monaco's name for our theme. */
export function editorTheme(theme: Theme): string {
  return names[theme]
}

/** Monaco's theme from the tokens in force. Called after `data-theme` changed: the custom properties are the source. */
export function applyEditorTheme(theme: Theme): void {
  const style = getComputedStyle(document.documentElement)
  const token = (name: string) => sixDigits(style.getPropertyValue(`--${name}`).trim())
  const bare = (name: string) => token(name).replace('#', '')
  monaco.editor.defineTheme(names[theme], {
    base: theme === 'light' ? 'vs' : theme === 'dark' ? 'vs-dark' : 'hc-black',
    inherit: true,
    rules: [
      { token: '', foreground: bare('fg') },
      { token: 'comment', foreground: bare('comment') },
      { token: 'keyword', foreground: bare('keyword') },
      { token: 'string', foreground: bare('string') },
      { token: 'regexp', foreground: bare('string') },
      { token: 'number', foreground: bare('number') },
      { token: 'type', foreground: bare('type') },
      { token: 'identifier.function', foreground: bare('function') },
      { token: 'delimiter', foreground: bare('muted') },
      { token: 'delimiter.bracket', foreground: bare('fg') },
    ],
    colors: {
      'editor.background': token('editor'),
      'editor.foreground': token('fg'),
      'editorLineNumber.foreground': token('subtle'),
      'editorLineNumber.activeForeground': token('fg'),
      'editorLineNumber.dimmedForeground': token('subtle'),
      'editor.lineHighlightBackground': token('raised'),
      'editor.lineHighlightBorder': '#00000000',
      'editor.selectionBackground': token('selection'),
      'editorCursor.foreground': token('accent'),
      'editorIndentGuide.background1': token('line'),
      'editorIndentGuide.activeBackground1': token('control'),
      'editorGutter.background': token('editor'),
      'editorWidget.background': token('surface'),
      'editorWidget.border': token('line'),
      'editorWidget.foreground': token('fg'),
      'editorSuggestWidget.background': token('surface'),
      'editorSuggestWidget.border': token('line'),
      'editorSuggestWidget.foreground': token('fg'),
      'editorSuggestWidget.selectedBackground': token('raised'),
      'editorSuggestWidget.selectedForeground': token('fg'),
      'editorSuggestWidget.highlightForeground': token('accent'),
      'editorSuggestWidget.focusHighlightForeground': token('accent'),
      'editorHoverWidget.background': token('surface'),
      'editorHoverWidget.border': token('line'),
      'editorError.foreground': token('error'),
      'editorWarning.foreground': token('warn'),
      'editorInfo.foreground': token('accent'),
      'editorBracketMatch.border': token('control'),
      'editorBracketMatch.background': token('raised'),
      'editorStickyScroll.background': token('editor'),
      // Brackets keep the text's colour: Monaco colours them by depth otherwise.
      ...Object.fromEntries(
        [1, 2, 3, 4, 5, 6].map((depth) => [`editorBracketHighlight.foreground${depth}`, token('fg')]),
      ),
      // Unused code fades, but stays readable.
      'editorUnnecessaryCode.opacity': '#000000b8',
      'editorOverviewRuler.border': '#00000000',
      'scrollbar.shadow': '#00000000',
      'diffEditor.insertedTextBackground': `${token('ok')}33`,
      'diffEditor.removedTextBackground': `${token('error')}33`,
      'diffEditor.insertedLineBackground': `${token('ok')}18`,
      'diffEditor.removedLineBackground': `${token('error')}18`,
      'diffEditor.border': token('line'),
      focusBorder: token('accent'),
      'input.background': token('bg'),
      'input.foreground': token('fg'),
      'input.border': token('control'),
      'list.hoverBackground': token('raised'),
      'list.activeSelectionBackground': token('raised'),
      'list.activeSelectionForeground': token('fg'),
      'menu.background': token('surface'),
      'menu.foreground': token('fg'),
      'menu.selectionBackground': token('raised'),
      'menu.selectionForeground': token('fg'),
      'menu.border': token('line'),
      'peekViewEditor.background': token('surface'),
      'peekViewResult.background': token('surface'),
      'peekViewTitle.background': token('raised'),
      'peekView.border': token('line'),
    },
  })
  monaco.editor.setTheme(names[theme])
}

const canvas = document.createElement('canvas').getContext('2d')

/** Any CSS colour as `#rrggbb`: Monaco takes nothing else, and the build shortens `#ffffff`. */
function sixDigits(colour: string): string {
  if (!canvas) return colour
  canvas.fillStyle = colour
  return canvas.fillStyle
}
