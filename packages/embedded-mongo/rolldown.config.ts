import { nodeBundle } from '../../scripts/node-bundle.ts'

// The server needs nothing beside Node; only the tool uses the driver.
export default nodeBundle(
  { main: 'src/main.ts', db: 'src/tool/main.ts' },
  { selfContained: true, external: ['mongodb'] },
)
