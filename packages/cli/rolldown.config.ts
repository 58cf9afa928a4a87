import { cpSync } from 'node:fs'
import { nodeBundle } from '../../scripts/node-bundle.ts'

// Self-contained, and without the libraries of the other parts: it starts in the time that Node takes.
export default {
  ...nodeBundle({ main: 'src/main.ts' }, { selfContained: true }),
  plugins: [
    {
      name: 'cloud-types',
      /** `lathe pull` puts the source of `@lathe/cloud` beside an app's functions: it is its own declaration. */
      writeBundle: () => cpSync('../cloud/src', 'dist/cloud', { recursive: true }),
    },
  ],
}
