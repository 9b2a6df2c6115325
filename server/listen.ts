// The one HTTP server: plain or TLS, signalling's few plain requests to express, everything else to the resources.

import { readFile } from 'node:fs/promises';
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Express } from 'express';
import { Fault } from '../src/protocol/fault.ts';
import type { Config } from './config.ts';
import { PEER_PATH } from './gateway/upgrade.ts';

export interface WebServer {
  readonly http: Server;
  route(fetch: Parameters<typeof getRequestListener>[0], signalling: Express | null): void;
  close(): Promise<void>;
}

/** Throws Fault `config` when the TLS files cannot be read. */
export async function createServer(tls: Config['tls']): Promise<WebServer> {
  const http = tls ? createHttpsServer(await readTls(tls)) : createHttpServer();
  return {
    http: http as Server,
    route(fetch, signalling) {
      const listener = getRequestListener(fetch, { overrideGlobalObjects: false });
      http.on('request', (request: IncomingMessage, response: ServerResponse) => {
        if (signalling && request.url?.startsWith(`${PEER_PATH}/`)) signalling(request, response);
        else void listener(request, response);
      });
    },
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
}

async function readTls({ certFile, keyFile }: NonNullable<Config['tls']>): Promise<{ readonly cert: Buffer; readonly key: Buffer }> {
  try {
    return { cert: await readFile(certFile), key: await readFile(keyFile) };
  } catch (cause) {
    throw new Fault('config', `TLS_CERT or TLS_KEY cannot be read: ${(cause as Error).message}.`, { cause });
  }
}

export interface Addresses {
  /** To open in a browser. */
  readonly url: string;
  /** For this machine's own processes: no proxy and no name in between, where there is no certificate to match. */
  readonly localUrl: string;
}

/** Throws Fault `config` when the port is taken. */
export function listen({ http }: WebServer, config: Pick<Config, 'host' | 'port' | 'tls' | 'allowedOrigins'>): Promise<Addresses> {
  return new Promise((resolve, reject) => {
    http.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'another program has it; stop that one or set PORT' : cause.message;
      reject(new Fault('config', `Port ${config.port} of ${config.host} cannot be opened: ${why}.`, { cause }));
    });
    http.listen(config.port, config.host, () => {
      const { port } = http.address() as AddressInfo;
      const host = config.host.includes(':') ? `[${config.host}]` : config.host;
      const own = `${config.tls ? 'https' : 'http'}://${host}:${port}`;
      const url = config.allowedOrigins[0] ?? own;
      const isHere = /^(0\.0\.0\.0|::|::1|localhost|127\..*)$/.test(config.host);
      resolve({ url, localUrl: config.tls || !isHere ? url : `http://${isLoopbackName(host) ? host : '127.0.0.1'}:${port}` });
    });
  });
}

function isLoopbackName(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.');
}
