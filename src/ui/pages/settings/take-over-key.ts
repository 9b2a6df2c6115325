// Makes the key of a backup this browser's: what runs is handed in for the old account, then the new one signs in.
import { restoreGuestKey } from '../../../account/back-up-guest-key.ts';
import type { OpenedBackup } from '../../../account/seal-backup.ts';
import type { SessionView } from '../../../protocol/api.ts';
import type { App } from '../../state/app-context.ts';
import { isContributing } from '../../state/create-contributor-controls.ts';

/** Throws `offline` before anything was changed, so that nobody is left between two keys. */
export async function takeOverKey({ contributor, session }: App, backup: OpenedBackup): Promise<SessionView> {
  const wasOn = isContributing(contributor.snapshot());
  if (wasOn) await contributor.stop();
  await session.leave('here');
  await restoreGuestKey(backup);
  const view = await session.ensure();
  if (wasOn) await contributor.start();
  return view;
}

export function sumCredit({ account }: SessionView): bigint {
  return BigInt(account.earned) + BigInt(account.granted);
}
