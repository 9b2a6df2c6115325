// A wallet in a page: announces itself by EIP-6963 and signs for real, its key outside the page as an extension's is.
import { randomUUID } from 'node:crypto';
import type { BrowserContext } from '@playwright/test';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';

export interface TestWallet {
  readonly address: string;
  readonly name: string;
}

/** For every page the context opens from now on. */
export async function announceWallet(context: BrowserContext, name = 'Test wallet'): Promise<TestWallet> {
  const account = privateKeyToAccount(generatePrivateKey());
  await context.exposeFunction('askTestWallet', async (method: string, params: readonly string[]): Promise<unknown> => {
    if (method === 'eth_requestAccounts' || method === 'eth_accounts') return [account.address];
    if (method === 'eth_chainId') return '0x1';
    if (method === 'personal_sign') return account.signMessage({ message: { raw: params[0] as `0x${string}` } });
    throw new Error(`The test wallet does not know ${method}.`);
  });
  const info = { uuid: randomUUID(), rdns: 'example.test', name, icon: 'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"/>' };
  await context.addInitScript((announced) => {
    const ask = (globalThis as unknown as { askTestWallet(method: string, params: unknown): Promise<unknown> }).askTestWallet;
    const request = ({ method, params }: { method: string; params?: unknown }) => ask(method, params ?? []);
    const detail = Object.freeze({ info: announced, provider: { request, on: () => {}, removeListener: () => {} } });
    const announce = () => window.dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail }));
    window.addEventListener('eip6963:requestProvider', announce);
    announce();
  }, info);
  return { address: account.address, name };
}
