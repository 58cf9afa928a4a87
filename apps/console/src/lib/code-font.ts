/** The face of code is no part of the shell's styles: most of them would be its tables of other scripts. */
const face = import('@fontsource-variable/jetbrains-mono/wght.css').catch(() => {}) // the system's own, then

/** Monaco measures its characters: its caret drifts when the font comes after it. */
export async function loadCodeFont(): Promise<void> {
  await face
  await document.fonts.load('13px "JetBrains Mono Variable"')
}
