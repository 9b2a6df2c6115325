// A redis-server on loopback that has every write on disk before it answers: appendfsync always, as durable as our own commits.
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { findOrInstallRedis } from './find-redis.ts';
import type { Teardown } from './teardown.ts';

const START_MS = 10_000;
const LOOK_EVERY_MS = 25;

export interface RunningRedis {
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
}

export async function startRedis(scratchDir: string, teardown: Teardown): Promise<RunningRedis> {
  const path = findOrInstallRedis();
  const dir = mkdtempSync(join(scratchDir, 'redis-'));
  const port = await pickFreePort();
  const settings = { port, bind: '127.0.0.1', dir, appendonly: 'yes', appendfsync: 'always', 'maxmemory-policy': 'noeviction', save: '' };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn(path, args, { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = teardown.add(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await ended;
    await rm(dir, { recursive: true, force: true });
  });
  const deadline = Date.now() + START_MS;
  while (!(await isListening(port))) {
    if (Date.now() > deadline || child.exitCode !== null) throw new Error(`redis-server did not listen within ${START_MS} ms.`);
    await wait(LOOK_EVERY_MS);
  }
  return { pid: child.pid ?? 0, port, stop };
}

function pickFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject(new Error('No port is free.'))));
    });
  });
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
