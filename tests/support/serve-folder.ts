// Serves a built folder on loopback as a coordinator would serve its app: files as they are, index.html for every page address.
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
};

export interface FolderServer {
  readonly url: string;
  close(): Promise<void>;
}

/** `/api` is refused with 503, as by a coordinator that is down; the caller closes the server. */
export async function serveFolder(folder: string): Promise<FolderServer> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://loopback').pathname;
    if (path.startsWith('/api')) {
      response.writeHead(503).end();
      return;
    }
    const asked = join(folder, normalize(path));
    const isFile = asked.startsWith(folder) && existsSync(asked) && statSync(asked).isFile();
    if (!isFile && extname(path)) {
      response.writeHead(404).end();
      return;
    }
    const file = isFile ? asked : join(folder, 'index.html');
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
