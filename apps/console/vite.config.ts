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
        // What every page needs in two files instead of forty; everything else splits by itself.
        codeSplitting: {
          groups: [
            {
              name: 'vendor',
              test: /node_modules[\\/](?:react|react-dom|scheduler|@tanstack[\\/](?:react-router|router-core|history|store|react-store|react-query|query-core)|@trpc[\\/][^\\/]+|zustand)[\\/]/,
            },
            {
              name: 'shell',
              test: /src[\\/](?:lib[\\/]|commands[\\/]|i18n[\\/](?:en|i18n)\.|components[\\/](?:error-view|phase)\.|components[\\/]ui[\\/](?:button|copy-button|empty|field|icon-button|kbd|menu|select|skeleton|spinner|tip)\.)/,
            },
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
