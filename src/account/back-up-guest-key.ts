// The guest key's way out of this browser and into another: a sealed file, and the key that comes of one.
import { Fault } from '../protocol/fault.ts';
import { viewGuestKey } from './guest-key.ts';
import { makeGuestKey, readGuestSecret, replaceGuestKey } from './guest-key-store.ts';
import { type BackupFile, type OpenedBackup, sealBackup } from './seal-backup.ts';

/** Throws `not-found` without a key, `conflict` for a key that cannot be backed up, `bad-request` for a short passphrase. */
export async function backUpGuestKey(passphrase: string): Promise<BackupFile> {
  const [key, secret] = await Promise.all([viewGuestKey(), readGuestSecret()]);
  if (key === null) throw new Fault('not-found', 'This browser holds no guest key yet; contribute first, or restore one.');
  if (secret === null) {
    throw new Fault('conflict', 'This key was made before keys could be backed up. Attach a wallet to keep what it earned.');
  }
  return sealBackup(secret, key.publicKey, passphrase);
}

/** The key of the backup becomes this browser's, in the place of the one that was here. */
export async function restoreGuestKey({ secret, publicKey }: OpenedBackup): Promise<void> {
  await replaceGuestKey(await makeGuestKey(secret, publicKey));
}
