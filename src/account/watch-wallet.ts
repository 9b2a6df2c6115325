// Tells when the wallet that signed in goes on with another of its accounts; a locked wallet is no other account.
import { createStore } from 'mipd';

/** The part of EIP-1193 that tells; an old wallet may have none of it. */
interface TellingProvider {
  on?(event: 'accountsChanged', listener: (accounts: unknown) => void): void;
  removeListener?(event: 'accountsChanged', listener: (accounts: unknown) => void): void;
}

/** Did the wallet turn to somebody else? Nothing shared (locked, or asked not to) changes nothing: the session is ours, not the wallet's. */
export function isOtherAccount(accounts: unknown, address: string): boolean {
  if (!Array.isArray(accounts) || typeof accounts[0] !== 'string') return false;
  return accounts[0].toLowerCase() !== address.toLowerCase();
}

/** Watches the wallet with this reverse domain name, now or when it announces itself; returns the way to stop. */
export function watchWallet(rdns: string, address: string, onOther: () => void): () => void {
  const store = createStore();
  const watched = new Set<TellingProvider>();
  const listen = (accounts: unknown): void => {
    if (isOtherAccount(accounts, address)) onOther();
  };
  const attend = (): void => {
    for (const { info, provider } of store.getProviders()) {
      const telling = provider as unknown as TellingProvider;
      if (info.rdns !== rdns || watched.has(telling)) continue;
      watched.add(telling);
      telling.on?.('accountsChanged', listen);
    }
  };
  attend();
  const unsubscribe = store.subscribe(attend);
  return () => {
    unsubscribe();
    store.destroy();
    for (const provider of watched) provider.removeListener?.('accountsChanged', listen);
  };
}
