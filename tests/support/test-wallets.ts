// Wallets in a page that announce themselves by EIP-6963 and sign for real, each with accounts to switch between and a mood; their keys stay outside of the page.
import { randomUUID } from 'node:crypto';
import type { BrowserContext, Page } from '@playwright/test';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';

/** `sign`: says yes. `reject`: the person says no. `pending`: a question is open already. `locked`: shares no account. */
export type WalletMood = 'sign' | 'reject' | 'pending' | 'locked';

export interface MoodyWallet {
  readonly name: string;
  /** The account that is chosen in it. */
  readonly address: () => string;
  mood: WalletMood;
  chainId: string;
  /** How often it was asked to sign. */
  readonly questions: () => number;
  /** Chooses its next account and tells the page so, as a wallet does. */
  switchAccount(page: Page): Promise<void>;
}

const FAULTS = {
  reject: { code: 4001, message: 'User rejected the request.' },
  pending: { code: -32002, message: 'Request of type wallet_requestPermissions already pending.' },
} as const;

/** For every page that the context opens from now on. */
export async function announceWallets(context: BrowserContext, names: readonly string[]): Promise<readonly MoodyWallet[]> {
  const wallets = names.map(makeWallet);
  await context.exposeFunction('askMoodyWallet', (at: number, method: string, params: readonly string[]) =>
    wallets[at]!.answer(method, params),
  );
  const infos = names.map((name) => ({
    uuid: randomUUID(),
    rdns: `test.${name.toLowerCase()}`,
    name,
    icon: 'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"/>',
  }));
  await context.addInitScript(announce, infos);
  return wallets.map(({ wallet }) => wallet);
}

function makeWallet(name: string, at: number) {
  const accounts = [privateKeyToAccount(generatePrivateKey()), privateKeyToAccount(generatePrivateKey())];
  let chosen = accounts[0]!;
  let questions = 0;
  const wallet: MoodyWallet = {
    name,
    address: () => chosen.address,
    mood: 'sign',
    chainId: '0x1',
    questions: () => questions,
    async switchAccount(page) {
      chosen = accounts.find((account) => account !== chosen)!;
      await page.evaluate(([index, address]) => dispatchEvent(new CustomEvent(`moody-${index}`, { detail: [address] })), [
        at,
        chosen.address,
      ] as const);
    },
  };
  /** An error does not keep its code on the way into a page, so it travels as data. */
  const answer = async (method: string, params: readonly string[]) => {
    if (method === 'eth_chainId') return { result: wallet.chainId };
    if (method === 'eth_accounts') return { result: wallet.mood === 'locked' ? [] : [chosen.address] };
    if (wallet.mood === 'reject' || wallet.mood === 'pending') return { fault: FAULTS[wallet.mood] };
    if (method === 'eth_requestAccounts') return { result: wallet.mood === 'locked' ? [] : [chosen.address] };
    if (method !== 'personal_sign') return { fault: { code: 4200, message: `The test wallet does not know ${method}.` } };
    questions += 1;
    return { result: await chosen.signMessage({ message: { raw: params[0] as `0x${string}` } }) };
  };
  return { wallet, answer };
}

/** Runs in the page. */
function announce(infos: readonly { readonly name: string }[]): void {
  type Answer = { readonly result?: unknown; readonly fault?: { readonly code: number; readonly message: string } };
  const { askMoodyWallet: ask } = globalThis as unknown as { askMoodyWallet(at: number, method: string, params: unknown): Promise<Answer> };
  infos.forEach((info, at) => {
    const provider = {
      request: async ({ method, params }: { method: string; params?: unknown }) => {
        const { result, fault } = await ask(at, method, params ?? []);
        if (fault) throw Object.assign(new Error(fault.message), { code: fault.code });
        return result;
      },
      on: (event: string, listener: (detail: unknown) => void) => {
        if (event === 'accountsChanged') addEventListener(`moody-${at}`, (told) => listener((told as CustomEvent).detail));
      },
      removeListener: () => {},
    };
    const detail = Object.freeze({ info, provider });
    const tell = (): void => void window.dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail }));
    window.addEventListener('eip6963:requestProvider', tell);
    tell();
  });
}
