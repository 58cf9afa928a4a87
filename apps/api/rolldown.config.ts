import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { defineConfig } from 'rolldown'
import { nodeBundle } from '../../scripts/node-bundle.ts'

const base = nodeBundle(
  {
    main: 'src/main.ts',
    'regex-worker': 'src/logs/regex-worker.ts',
    'judge-worker': 'src/judge/judge-worker.ts',
  },
  { selfContained: true },
)

/**
 * Packages come in one file of their own: a start reads that instead of two thousand, and takes half the time. What
 * has native code stays outside. Only our own code keeps its source map: that of the packages would cost each api
 * process 70 MB. Docker's client stays outside as well: it would bring an SSH, and few load it.
 */
export default defineConfig({
  ...base,
  external: ['oxc-transform', 'oxc-parser', 'dockerode'],
  // better-auth asks for `import.meta.env` where there may be one; in Node there is none.
  onLog: (level, log, next) => {
    if (log.code !== 'EMPTY_IMPORT_META') next(level, log)
  },
  output: {
    ...base.output,
    codeSplitting: {
      groups: [
        // Alone in the judge's thread, which should not read all the others.
        {
          name: 'judge-packages',
          test: /node_modules\/(?:ajv|json-p3|fast-uri|fast-deep-equal|json-schema-traverse)\//,
          priority: 1,
        },
        { name: 'packages', test: /node_modules/ },
      ],
    },
    chunkFileNames: '[name].js',
  },
  plugins: [
    {
      name: 'no-map-of-packages',
      async writeBundle({ dir }, bundle) {
        const chunk = bundle['packages.js']
        if (chunk?.type !== 'chunk' || !dir) return
        await writeFile(join(dir, 'packages.js'), chunk.code.replace(/\/\/# sourceMappingURL=.*\s*$/, ''))
        await rm(join(dir, 'packages.js.map'))
      },
    },
  ],
})
