import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** The server that the dev server passes API calls to. */
const backend = process.env.TOWPATH_URL ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '~': `${import.meta.dirname}/src` } },
  build: { target: 'es2023', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { proxy: { '/api': backend, '/oauth': backend, '/docs': backend } },
})
