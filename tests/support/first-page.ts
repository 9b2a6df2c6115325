// What a first visit downloads, read from the build's own manifest: used by the size limit and by the service worker's precache list.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

interface Chunk {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
}
type BuildManifest = Readonly<Record<string, Chunk>>;

/** A lazy chunk above this is fetched when it is needed, not when the app is installed. */
export const PRECACHE_CHUNK_MAX_BYTES = 100_000;

export function readBuildManifest(distFolder: string): BuildManifest {
  return JSON.parse(readFileSync(join(distFolder, '.vite/manifest.json'), 'utf8')) as BuildManifest;
}

/** Files that index.html loads before it can draw: its entry, what that imports statically, and their styles. Paths are relative to dist. */
export function listFirstPageFiles(manifest: BuildManifest, html = 'index.html'): readonly string[] {
  const seen = new Set<string>();
  const files = new Set<string>();
  const visit = (key: string): void => {
    const chunk = manifest[key];
    if (!chunk || seen.has(key)) return;
    seen.add(key);
    files.add(chunk.file);
    for (const file of chunk.css ?? []) files.add(file);
    for (const next of chunk.imports ?? []) visit(next);
  };
  visit(html);
  return [...files];
}

/** The offline shell: everything small, and the first page whatever its size. */
export function pickShellEntries<Entry extends { readonly url: string; readonly size: number }>(
  entries: readonly Entry[],
  distFolder: string,
): Entry[] {
  const firstPage = new Set(listFirstPageFiles(readBuildManifest(distFolder)));
  return entries.filter((entry) => firstPage.has(entry.url) || statSync(join(distFolder, entry.url)).size <= PRECACHE_CHUNK_MAX_BYTES);
}
