import { nodeBundle } from '../../scripts/node-bundle.ts'

// Self-contained: inside the sandbox a runtime can read this folder and its app's folder, nothing else.
export default nodeBundle(
  {
    main: 'src/main.ts',
    keeper: 'src/keeper/main.ts',
    cloud: 'src/cloud-entry.ts',
    mongodb: 'src/mongodb-entry.ts',
    axios: 'src/axios-entry.ts',
    test: 'src/tests/cloud-test-entry.ts',
    'test-files': 'src/tests/test-files-entry.ts',
  },
  { selfContained: true },
)
