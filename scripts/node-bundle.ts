import { defineConfig } from 'rolldown'

/**
 * The one way a Node program of ours is bundled: ES modules for Node 26 with source maps, our own
 * packages inlined, `node:` left alone. npm packages stay external unless `selfContained`, which inlines all but those
 * named in `external`.
 */
export function nodeBundle(
  input: Record<string, string>,
  { selfContained = false, external = [] as string[] } = {},
) {
  return defineConfig({
    input,
    platform: 'node',
    ...(selfContained
      ? { external }
      : { external: (id: string) => /^(?!@lathe\/)[@a-z]/i.test(id) && !id.startsWith('node:') }),
    output: {
      dir: 'dist',
      format: 'esm',
      sourcemap: true,
      cleanDir: true,
      entryFileNames: '[name].js',
      chunkFileNames: 'chunk-[hash].js',
    },
  })
}
