import { cpSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nodeBundle } from '../../scripts/node-bundle.ts'

const cloud = dirname(fileURLToPath(import.meta.resolve('@lathe/cloud')))

// Self-contained, and without the libraries of the other parts: it starts in the time that Node takes.
export default {
  ...nodeBundle({ main: 'src/main.ts' }, { selfContained: true }),
  plugins: [
    {
      name: 'cloud-types',
      /** `lathe pull` puts the source of `@lathe/cloud` beside an app's functions: it is its own declaration. */
      writeBundle: () => cpSync(cloud, 'dist/cloud', { recursive: true }),
    },
  ],
}
