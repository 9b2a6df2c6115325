// A requester without a browser: a fresh P-256 key, signed in to a coordinator.
import { signInWithKey } from '../../src/account/sign-in.ts';
import { KEY_ALGORITHM, makeSigningKey } from '../../src/account/signing-key.ts';
import { type Client, createClient } from '../../src/requester/create-client.ts';

export async function signInHeadless(url: string): Promise<Client> {
  const client = createClient({ baseUrl: url });
  const pair = await crypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
  const { token } = await signInWithKey(client, await makeSigningKey(pair), 'headless');
  return client.withToken(token);
}
