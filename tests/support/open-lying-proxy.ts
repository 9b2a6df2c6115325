// A liar's way to the network: a proxy on loopback that passes everything on, but spoils the engine worker's code on its way to the browser.
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/**
 * Put before the engine worker's own code: turns over bytes of every buffer the worker hands over. The product has no such thing;
 * a liar brings its own.
 */
const LIE = `
const post = self.postMessage.bind(self);
const spoil = (value, seen) => {
  if (value === null || typeof value !== 'object' || seen.has(value)) return;
  seen.add(value);
  if (value instanceof Uint8Array || value instanceof ArrayBuffer) {
    const bytes = value instanceof ArrayBuffer ? new Uint8Array(value) : value;
    for (let i = 0; i < bytes.length; i += 3) bytes[i] ^= 0x5a;
    return;
  }
  for (const part of value instanceof Map ? value.values() : Object.values(value)) spoil(part, seen);
};
self.postMessage = (message, ...rest) => { spoil(message, new Set()); post(message, ...rest); };
`;

export interface LyingProxy {
  readonly url: string;
  close(): Promise<void>;
}

export async function openLyingProxy(target: string): Promise<LyingProxy> {
  const { hostname, port } = new URL(target);
  const server = createServer((incoming, answer) => passOn(incoming, answer, hostname, Number(port)));
  server.on('upgrade', (incoming: IncomingMessage, socket: Socket, head: Buffer) => tunnel(incoming, socket, head, hostname, Number(port)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => closeServer(server) };
}

function passOn(incoming: IncomingMessage, answer: ServerResponse, host: string, port: number): void {
  const isEngine = /\/engine-worker[^/]*\.js$/.test(incoming.url ?? '');
  const headers = isEngine ? { ...incoming.headers, 'accept-encoding': 'identity' } : incoming.headers;
  const onward = request({ host, port, path: incoming.url, method: incoming.method, headers }, async (response) => {
    if (!isEngine) {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
      return;
    }
    const { 'content-length': _, etag: __, ...rest } = response.headers;
    const parts: Buffer[] = [];
    for await (const part of response) parts.push(part as Buffer);
    answer.writeHead(response.statusCode ?? 502, rest);
    answer.end(`${LIE}\n${Buffer.concat(parts).toString('utf8')}`);
  });
  onward.on('error', () => answer.destroy());
  answer.on('close', () => onward.destroy());
  incoming.pipe(onward);
}

function tunnel(incoming: IncomingMessage, socket: Socket, head: Buffer, host: string, port: number): void {
  const onward = connect(port, host, () => {
    const headers = [];
    for (let i = 0; i < incoming.rawHeaders.length; i += 2) headers.push(`${incoming.rawHeaders[i]}: ${incoming.rawHeaders[i + 1]}`);
    onward.write(`${incoming.method} ${incoming.url} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
    onward.write(head);
    onward.pipe(socket);
    socket.pipe(onward);
  });
  onward.on('error', () => socket.destroy());
  socket.on('error', () => onward.destroy());
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
