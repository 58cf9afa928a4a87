import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { dropBrowserLibs, onlyOurWorkers } from './build/monaco-workers.ts'
import { pageFiles } from './build/page-files.ts'
import { precompress } from './build/precompress.ts'
import { typePacks } from './build/type-packs.ts'

/** `vite dev` serves the console alone and hands the API's paths to a running stack. */
const stack = process.env.LATHE_DEV_STACK ?? 'http://localhost:8000'

export default defineConfig({
  plugins: [react(), tailwindcss(), typePacks(), onlyOurWorkers(), pageFiles(), precompress()],
  worker: { format: 'es', plugins: () => [typePacks(), dropBrowserLibs()] },
  resolve: {
    // monaco-vim names Monaco's modules as they were called before 0.55.
    alias: [{ find: /^monaco-editor\/esm\/vs\/(.*?)(\.js)?$/, replacement: 'monaco-editor/$1' }],
  },
  build: {
    target: 'es2023',
    modulePreload: { polyfill: false },
    // Monaco and the TypeScript worker are lazy chunks of known size.
    chunkSizeWarningLimit: 8000,
    rolldownOptions: {
      output: {
        // What is needed first in two files instead of forty, and all other icons in one; everything else splits by itself.
        codeSplitting: {
          groups: [
            { name: 'vendor', tags: ['$initial'], test: /node_modules[\\/]/, priority: 1 },
            { name: 'shell', tags: ['$initial'] },
            { name: 'icons', test: /node_modules[\\/]lucide-react[\\/]/ },
          ],
        },
      },
    },
  },
  optimizeDeps: { include: ['monaco-editor', '@monaco-editor/react'] },
  server: {
    proxy: { '/trpc': stack, '/api': stack },
  },
})
