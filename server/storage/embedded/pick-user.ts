// Whom the server runs as: PostgreSQL refuses root, so root steps down to the user "ostraka" where there is one, else to nobody.
import { readFile } from 'node:fs/promises';
import { Fault } from '../../../src/protocol/fault.ts';

export interface RunUser {
  readonly uid: number;
  readonly gid: number;
}

const CANDIDATES = ['ostraka', 'nobody'] as const;

/** From the text of /etc/passwd; ids below zero (macOS writes nobody as -2) are their unsigned form. */
export function parseRunUser(passwd: string): RunUser | null {
  const rows = passwd.split('\n').map((line) => line.split(':'));
  for (const name of CANDIDATES) {
    const row = rows.find(([user]) => user === name);
    if (!row) continue;
    const [uid, gid] = [Number(row[2]), Number(row[3])];
    if (Number.isInteger(uid) && Number.isInteger(gid) && uid !== 0) return { uid: uid >>> 0, gid: gid >>> 0 };
  }
  return null;
}

/** Null when this process need not step down. Throws `config` when root finds nobody to become. */
export async function pickRunUser(): Promise<RunUser | null> {
  if (process.getuid?.() !== 0) return null;
  const user = parseRunUser(await readFile('/etc/passwd', 'utf8').catch(() => ''));
  if (user) return user;
  throw new Fault(
    'config',
    'PostgreSQL does not run as root and /etc/passwd has no user "ostraka" or "nobody": start as another user, or set DATABASE_URL.',
  );
}
