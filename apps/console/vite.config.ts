import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { dropBrowserLibs, onlyOurWorkers } from './build/monaco-workers.ts'
import { precompress } from './build/precompress.ts'
import { typePacks } from './build/type-packs.ts'

/** `vite dev` serves the console alone and hands the API's paths to a running stack. */
const stack = process.env.LATHE_DEV_STACK ?? 'http://localhost:8000'

export default defineConfig({
  plugins: [react(), tailwindcss(), typePacks(), onlyOurWorkers(), precompress()],
  worker: { format: 'es', plugins: () => [typePacks(), dropBrowserLibs()] },
  build: {
    target: 'es2023',
    modulePreload: { polyfill: false },
    // Monaco and the TypeScript worker are lazy chunks of known size.
    chunkSizeWarningLimit: 8000,
  },
  optimizeDeps: { include: ['monaco-editor', '@monaco-editor/react'] },
  server: {
    proxy: { '/trpc': stack, '/api': stack },
  },
})
