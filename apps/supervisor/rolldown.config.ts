import { nodeBundle } from '../../scripts/node-bundle.ts'

// Self-contained: its only library, zod, comes by way of @lathe/shared.
export default nodeBundle({ main: 'src/main.ts' }, { selfContained: true })
