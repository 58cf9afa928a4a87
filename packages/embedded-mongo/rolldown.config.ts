import { nodeBundle } from '../../scripts/node-bundle.ts'

export default nodeBundle({ main: 'src/main.ts' }, { selfContained: true })
