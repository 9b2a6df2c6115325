// An operator without a browser: a wallet that really signs, the cookie it gets, and the operator's resources behind it.

import type { PrivateKeyAccount } from 'viem/accounts';
import { createSiweMessage } from 'viem/siwe';
import type { ChallengeView } from '../../src/protocol/api.ts';

export interface OperatorClient {
  read<Answer>(path: string): Promise<Answer>;
  /** Under /api/operator; every act carries why. */
  act(path: string, reason: string): Promise<void>;
}

export async function signInOperator(url: string, wallet: PrivateKeyAccount): Promise<OperatorClient> {
  const post = async (path: string, body: object, cookie = ''): Promise<Response> => {
    const headers = { 'Content-Type': 'application/json', ...(cookie === '' ? {} : { Cookie: cookie }) };
    const response = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return response;
  };
  const { nonce, origin, domain, chainId, expiresAtMs } = (await (await post('/api/session/challenge', {})).json()) as ChallengeView;
  const expirationTime = new Date(expiresAtMs);
  const message = createSiweMessage({ address: wallet.address, chainId, domain, nonce, uri: origin, version: '1', expirationTime });
  const signedIn = await post('/api/session', { kind: 'wallet', message, signature: await wallet.signMessage({ message }) });
  const cookie = (signedIn.headers.get('Set-Cookie') ?? '').split(';')[0] ?? '';
  return {
    async read<Answer>(path: string) {
      const response = await fetch(`${url}${path}`, { headers: { Cookie: cookie } });
      if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
      return (await response.json()) as Answer;
    },
    act: async (path, reason) => void (await post(`/api/operator${path}`, { reason }, cookie)),
  };
}
