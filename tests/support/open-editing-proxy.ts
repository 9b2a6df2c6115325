// A proxy on loopback before a coordinator that passes everything on, sockets too, and may rewrite the files it serves on their way to a browser.
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

export interface EditingProxy {
  readonly url: string;
  close(): Promise<void>;
}

export interface Refusal {
  readonly status: number;
  readonly body: string;
}

/** Null: the file at this path goes as it is. A refusal is answered without asking the coordinator. */
export type Edit = ((text: string) => string) | Refusal | null;

/** Asked for every request, so that a file may change while the proxy stands. */
export type PickEdit = (path: string) => Edit;

/** Files of a test's own on the same origin, by path. */
export type OwnFiles = ReadonlyMap<string, { readonly type: string; readonly body: Buffer }>;

export async function openEditingProxy(target: string, pickEdit: PickEdit, own: OwnFiles = new Map()): Promise<EditingProxy> {
  const { hostname, port } = new URL(target);
  const onward = { host: hostname, port: Number(port) };
  const server = createServer((incoming, answer) => {
    const file = own.get(incoming.url ?? '');
    if (file) answer.writeHead(200, { 'content-type': file.type }).end(file.body);
    else passOn(incoming, answer, onward, pickEdit(incoming.url ?? ''));
  });
  server.on('upgrade', (incoming: IncomingMessage, socket: Socket, head: Buffer) => tunnel(incoming, socket, head, onward));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => closeServer(server) };
}

interface Onward {
  readonly host: string;
  readonly port: number;
}

function passOn(incoming: IncomingMessage, answer: ServerResponse, to: Onward, edit: Edit): void {
  if (edit !== null && 'status' in edit) {
    answer.writeHead(edit.status, { 'content-type': 'application/json' });
    answer.end(edit.body);
    return;
  }
  // Neither packed nor "as you have it already": an edited file is another one.
  const { 'if-none-match': _match, 'if-modified-since': _since, ...fresh } = incoming.headers;
  const headers = edit ? { ...fresh, 'accept-encoding': 'identity' } : incoming.headers;
  const onward = request({ ...to, path: incoming.url, method: incoming.method, headers }, async (response) => {
    if (!edit) {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
      return;
    }
    const { 'content-length': _length, etag: _etag, ...rest } = response.headers;
    const parts: Buffer[] = [];
    for await (const part of response) parts.push(part as Buffer);
    answer.writeHead(response.statusCode ?? 502, { ...rest, 'cache-control': 'no-store' });
    answer.end(edit(Buffer.concat(parts).toString('utf8')));
  });
  onward.on('error', () => answer.destroy());
  answer.on('close', () => onward.destroy());
  incoming.pipe(onward);
}

function tunnel(incoming: IncomingMessage, socket: Socket, head: Buffer, { host, port }: Onward): void {
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
