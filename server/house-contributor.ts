// The house's own hands: one headless contributor, forked, so that a newcomer's first shard finds a second opinion.
import { type ChildProcess, fork } from 'node:child_process';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from './observe/log.ts';

export interface HouseContributor {
  /** By which the coordinator knows it when it signs in. */
  readonly publicKey: string;
  start(url: string): void;
  stop(): void;
}

/** Share of this machine's cores it takes: it is there to check, not to compete. */
const HOUSE_SHARE = '0.5';
const RESTART_MS = 5_000;

export async function startHouseContributor({ dataDir, log }: { readonly dataDir: string; readonly log: Log }): Promise<HouseContributor> {
  const keyFile = join(dataDir, 'house-contributor-key.pem');
  const publicKey = await readPublicKey(keyFile);
  let child: ChildProcess | null = null;
  let restart: NodeJS.Timeout | null = null;
  let isStopped = false;

  function run(url: string): void {
    const script = join(import.meta.dirname, '../src/cli/contribute.ts');
    const argv = [
      '--url',
      url,
      '--key',
      keyFile,
      '--data',
      join(dataDir, 'house-contributor'),
      '--name',
      'house contributor',
      '--threads',
      '1',
      '--share',
      HOUSE_SHARE,
    ];
    child = fork(script, argv, { execArgv: ['--import', 'tsx'], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    child.once('exit', (code) => {
      child = null;
      if (isStopped) return;
      log.warn({ code }, 'The house contributor ended; it is started again.');
      restart = setTimeout(() => run(url), RESTART_MS);
    });
  }

  return {
    publicKey,
    start(url) {
      log.info('The house contributor lends this machine to the network; HOUSE_CONTRIBUTOR=off keeps it out.');
      run(url);
    },
    stop() {
      isStopped = true;
      if (restart) clearTimeout(restart);
      child?.kill('SIGTERM');
    },
  };
}

/** The raw point, base64url, of the P-256 key in the file; the file is made when there is none. */
export async function readPublicKey(keyFile: string): Promise<string> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const fresh = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  await writeFile(keyFile, fresh, { mode: 0o600, flag: 'wx' }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EEXIST') throw cause;
  });
  const { x, y } = createPublicKey(await readFile(keyFile, 'utf8')).export({ format: 'jwk' });
  const part = (text: string | undefined) => Buffer.from(text ?? '', 'base64url');
  return Buffer.concat([Buffer.from([4]), part(x), part(y)]).toString('base64url');
}
