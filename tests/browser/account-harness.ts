// The account and requester rooms as a page uses them, and a wallet that announces itself and signs for real; bundled for account.test.ts.
import { announceProvider } from 'mipd';
import { privateKeyToAccount } from 'viem/accounts';
import { attachWallet } from '../../src/account/attach-wallet.ts';
import { createApi } from '../../src/account/create-api.ts';
import { type DiscoveredWallet, discoverWallets } from '../../src/account/discover-wallets.ts';
import { deleteGuestKey, loadGuestKey } from '../../src/account/guest-key.ts';
import { readSession, signOut } from '../../src/account/session.ts';
import { signInWithKey, signInWithWallet } from '../../src/account/sign-in.ts';
import type { JobId } from '../../src/protocol/ids.ts';
import type { JobSpec } from '../../src/protocol/job.ts';
import { readReceipt } from '../../src/requester/read-receipt.ts';
import { tryJob } from '../../src/requester/try-job.ts';
import { verifyReceipt } from '../../src/requester/verify-receipt.ts';
import { watchJob } from '../../src/requester/watch-job.ts';

const api = createApi({ baseUrl: location.origin });
let wallets: readonly DiscoveredWallet[] = [];
discoverWallets((found) => {
  wallets = found;
});

function announceWallet(rdns: string, privateKey: `0x${string}`, mode: 'sign' | 'reject' | 'pending'): string {
  const account = privateKeyToAccount(privateKey);
  const request = async ({ method, params }: { method: string; params?: readonly unknown[] }): Promise<unknown> => {
    if (mode === 'pending') throw { code: -32002, message: 'Already pending.' };
    if (method === 'eth_requestAccounts') return [account.address];
    if (mode === 'reject') throw { code: 4001, message: 'User rejected.' };
    return account.signMessage({ message: { raw: params?.[0] as `0x${string}` } });
  };
  const provider = { request } as unknown as Parameters<typeof announceProvider>[0]['provider'];
  announceProvider({ info: { uuid: crypto.randomUUID(), rdns, name: rdns, icon: 'data:image/svg+xml,<svg/>' }, provider });
  return account.address;
}

const pickProvider = (rdns: string) => wallets.find((wallet) => wallet.rdns === rdns)!.provider;

/** What a call gave, or the code it failed with: faults do not cross into the test. */
async function settle(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    (value) => value ?? null,
    (error) => ({ code: error.code, message: error.message }),
  );
}

export const harness = {
  publicKey: async () => (await loadGuestKey()).publicKey,
  publicKeysAtOnce: async () => (await Promise.all([loadGuestKey(), loadGuestKey(), loadGuestKey()])).map((key) => key.publicKey),
  deleteKey: () => deleteGuestKey(),
  signInGuest: async () => settle(signInWithKey(api, await loadGuestKey(), 'guest')),
  session: () => settle(readSession(api)),
  signOut: () => settle(signOut(api)),
  announceWallet,
  walletNames: () => wallets.map(({ rdns, icon }) => `${rdns} ${icon !== null}`),
  signInWallet: async (rdns: string) => settle(signInWithWallet(api, pickProvider(rdns), await loadGuestKey(), Date.now())),
  attach: async (rdns: string) => settle(attachWallet(api, pickProvider(rdns), await loadGuestKey(), Date.now())),
  checkReceipt: async (job: number) => settle(readReceipt(api, job as JobId).then((receipt) => verifyReceipt(receipt))),
  watch: (job: number) => {
    const seen: string[] = [];
    return settle(watchJob(api, job as JobId, { onEvent: ({ type }) => seen.push(type) }).then(({ state }) => [...seen, state]));
  },
  tryOnCpu: async (spec: JobSpec) =>
    settle(tryJob(api, spec, { want: 'cpu' }).then(({ outputs }) => [...outputs.values()].map((bytes) => [...bytes]))),
  cookies: () => document.cookie,
  isIsolated: () => globalThis.crossOriginIsolated,
};

Object.assign(globalThis, { harness });
