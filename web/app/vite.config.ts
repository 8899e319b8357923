import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Where `npm run dev` finds a running server. */
const server = process.env['SANALIVE_SERVER'] ?? 'http://127.0.0.1:8080';

export default defineConfig(({ mode }) => ({
  plugins: [svelte()],
  resolve: {
    // The page is built from the client's source, so that one `npm ci` and one build are enough.
    alias: { '@sanalive/client': here('../../clients/typescript/src/index.ts') },
    dedupe: ['@microsoft/signalr'],
    ...(mode === 'test' ? { conditions: ['browser'] } : {}),
  },
  build: {
    outDir: here('../SanaLive.Web/wwwroot'),
    emptyOutDir: true,
    target: 'es2022',
    // No inlined data: addresses, so that a strict content security policy needs no exception.
    assetsInlineLimit: 0,
  },
  server: {
    proxy: {
      '/api': server,
      '/whep': server,
      '/hub': { target: server, ws: true },
    },
    fs: { allow: [here('.'), here('../../clients/typescript')] },
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts'],
  },
}));
