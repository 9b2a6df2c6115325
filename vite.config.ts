// How the browser app is built and served, and how the tests are grouped; everything the build writes is under dist/.
import { existsSync, readFileSync } from 'node:fs';
import { VitePWA } from 'vite-plugin-pwa';
import solid from 'vite-plugin-solid';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { WIDGET_INPUTS, widgetPlugin } from './tests/support/build-widget.ts';
import { pickShellEntries } from './tests/support/first-page.ts';

const COORDINATOR = 'http://127.0.0.1:8787';
// The coordinator accepts sockets of its own origin only, so the proxy speaks as that origin.
const PROXIED = { target: COORDINATOR, ws: true, changeOrigin: true, rewriteWsOrigin: true, headers: { origin: COORDINATOR } };
const SERVICE_WORKER = 'src/pwa/service-worker.ts';
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };

/** The groups run one after another, in this order: what is quick and precise fails first. */
const PROJECTS: readonly { name: string; include: string[]; testSeconds: number; isParallel: boolean }[] = [
  { name: 'house', include: ['tests/*.test.ts'], testSeconds: 180, isParallel: false },
  { name: 'unit', include: ['tests/{unit,golden,contract,conformance}/**/*.test.{ts,tsx}'], testSeconds: 30, isParallel: true },
  { name: 'simulation', include: ['tests/simulation/**/*.test.ts'], testSeconds: 120, isParallel: true },
  { name: 'browser', include: ['tests/browser/**/*.test.ts'], testSeconds: 120, isParallel: false },
  { name: 'e2e', include: ['tests/e2e/**/*.test.ts'], testSeconds: 240, isParallel: false },
];

function makeTestProject(
  { name, include, testSeconds, isParallel }: (typeof PROJECTS)[number],
  order: number,
): TestProjectInlineConfiguration {
  return {
    // Node would resolve solid-js to its server build, whose signals never update.
    resolve: {
      alias: [
        { find: /^solid-js$/, replacement: 'solid-js/dist/solid.js' },
        { find: /^solid-js\/store$/, replacement: 'solid-js/store/dist/store.js' },
      ],
    },
    test: {
      name,
      include,
      environment: 'node',
      server: { deps: { inline: [/\/solid-js\//, /\/@solidjs\//] } },
      testTimeout: testSeconds * 1000,
      hookTimeout: testSeconds * 1000,
      fileParallelism: isParallel,
      maxWorkers: isParallel ? 2 : 1,
      sequence: { groupOrder: order },
    },
  };
}

const pwa = VitePWA({
  strategies: 'injectManifest',
  srcDir: 'src/pwa',
  filename: 'service-worker.ts',
  // Never autoUpdate: it reloads the page in the middle of a shard.
  registerType: 'prompt',
  injectRegister: false,
  manifest: {
    id: '/',
    name: 'Ostraka',
    short_name: 'Ostraka',
    description: 'Lend this browser to other people’s computations, or have them run yours. Every answer is voted on.',
    lang: 'en',
    start_url: '/',
    scope: '/',
    display: 'standalone',
    theme_color: '#14110f',
    background_color: '#14110f',
    categories: ['utilities', 'productivity', 'science'],
    icons: [
      { src: '/icon-192.png', sizes: '192x192', type: 'image/png', purpose: 'any' },
      { src: '/icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'any' },
      { src: '/icon-maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
    ],
    screenshots: [
      { src: '/screenshots/contribute-wide.png', sizes: '1280x720', type: 'image/png', form_factor: 'wide', label: 'A device at work' },
      { src: '/screenshots/contribute-narrow.png', sizes: '390x844', type: 'image/png', form_factor: 'narrow', label: 'A phone at work' },
    ],
    shortcuts: [
      { name: 'Contribute', url: '/', icons: [{ src: '/icon-192.png', sizes: '192x192', type: 'image/png' }] },
      { name: 'New job', url: '/jobs/new', icons: [{ src: '/icon-192.png', sizes: '192x192', type: 'image/png' }] },
    ],
    // A second window would be a second engine on the same device.
    launch_handler: { client_mode: 'focus-existing' },
  },
  includeAssets: ['icon.svg'],
  injectManifest: {
    globPatterns: ['index.html', 'assets/**/*.{js,css}'],
    // Of other sites' pages, never of the app.
    globIgnores: ['assets/frame-*', 'assets/run-widget-*'],
    manifestTransforms: [async (entries) => ({ manifest: pickShellEntries(entries, 'dist'), warnings: [] })],
  },
});

export default defineConfig(({ mode }) => ({
  plugins: mode === 'test' ? [] : [solid(), widgetPlugin(version), existsSync(SERVICE_WORKER) ? pwa : null],
  define: { 'import.meta.env.VITE_BUILD': JSON.stringify(version) },
  build: {
    target: 'es2022',
    outDir: 'dist',
    manifest: true,
    sourcemap: true,
    chunkSizeWarningLimit: 400,
    rolldownOptions: { input: WIDGET_INPUTS },
  },
  worker: { format: 'es' },
  server: {
    port: 5173,
    proxy: Object.fromEntries(['/api', '/metrics', '/peer', '/transport', '/w.js', '/widget'].map((path) => [path, PROXIED])),
  },
  test: { projects: PROJECTS.map(makeTestProject), passWithNoTests: false },
}));
