// Bundles the WebGPU-shaped device, the compiler and the CPU engine into one CommonJS file: tests/conformance/provider.cjs.
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** Writes provider.cjs, beside this file if no other folder is given. */
export async function buildProvider(options: { readonly outDir?: string } = {}): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    build: {
      ssr: fileURLToPath(new URL('provider/create-provider.ts', import.meta.url)),
      outDir: options.outDir ?? fileURLToPath(new URL('.', import.meta.url)),
      emptyOutDir: false,
      target: 'node20',
      minify: false,
      rollupOptions: { output: { format: 'cjs', entryFileNames: 'provider.cjs', codeSplitting: false } },
    },
    ssr: { noExternal: true },
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildProvider();
