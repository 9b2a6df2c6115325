// Reads the built app into memory, compressed, at start: only files that were there can be asked for, and a rebuild changes nothing under a running server.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { StaticApp, StaticFile } from './dependencies.ts';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wgsl': 'text/plain; charset=utf-8',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};
const COMPRESSED_ALREADY = new Set(['.png', '.ico', '.woff2']);
/** Smaller files gain nothing. */
const MIN_GZIP_BYTES = 512;

/** Null when the app was not built. */
export async function loadApp(folder: string): Promise<StaticApp | null> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = new Map<string, StaticFile>();
  for (const entry of entries) {
    const path = relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/');
    // Dot folders are the build's own notes.
    if (entry.isFile() && !path.split('/').some((part) => part.startsWith('.')))
      files.set(`/${path}`, await loadFile(join(folder, path), path));
  }
  return files.has('/index.html') ? { find: (path) => files.get(path) ?? null } : null;
}

async function loadFile(file: string, path: string): Promise<StaticFile> {
  const bytes = await readFile(file);
  const extension = extname(path);
  const isWorthIt = bytes.length >= MIN_GZIP_BYTES && !COMPRESSED_ALREADY.has(extension);
  return {
    bytes,
    gzip: isWorthIt ? await promisify(gzip)(bytes, { level: 9 }) : null,
    contentType: CONTENT_TYPES[extension] ?? 'application/octet-stream',
    isImmutable: path.startsWith('assets/'),
    etag: `"${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}"`,
  };
}
