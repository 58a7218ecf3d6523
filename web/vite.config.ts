import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** The server that the dev server passes API calls to. */
const backend = process.env.TOWPATH_URL ?? 'http://127.0.0.1:8080'

/**
 * Puts what every page needs into one file, and what several pages share into another. A browser asks
 * for only a few files at once.
 */
const groups = [
  { name: 'frame', test: /src[\\/]main\.tsx$/ },
  { name: 'common', minShareCount: 3 },
]

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '~': `${import.meta.dirname}/src` } },
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700, // as plain text
    rolldownOptions: { output: { codeSplitting: { groups } } },
  },
  server: { proxy: { '/api': backend, '/oauth': backend, '/docs': backend } },
})
