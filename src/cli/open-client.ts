// A requester's client on the command line: signed in with the key in a file.
import { homedir } from 'node:os';
import { join } from 'node:path';
import { signInWithKey } from '../account/sign-in.ts';
import { type Client, createClient } from '../requester/create-client.ts';
import { loadKeyFile } from './key-file.ts';
import type { FlagTable } from './parse-options.ts';

/** The flags of every command that speaks to a coordinator. */
export const CLIENT_FLAGS = {
  url: { describe: 'where the coordinator is', value: 'http://…', isRequired: true },
  key: { describe: 'the file of the P-256 key that signs in; made when missing', value: 'FILE' },
} as const satisfies FlagTable;

/** One key for everything that this user does on the command line, so that what is earned can be spent. */
export function defaultKeyFile(home: string = homedir()): string {
  return join(home, '.local', 'share', 'ostraka', 'contributor', 'key.pem');
}

export async function openSignedInClient(baseUrl: string, keyFile: string = defaultKeyFile()): Promise<Client> {
  const client = createClient({ baseUrl });
  const { token } = await signInWithKey(client, await loadKeyFile(keyFile), 'headless');
  return client.withToken(token);
}
