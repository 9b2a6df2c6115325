// Finds the wallets of this browser by EIP-6963: each announces itself, nothing is read from window.ethereum.
import { createStore, type EIP6963ProviderDetail } from 'mipd';
import type { WalletProvider } from './sign-siwe-message.ts';

export interface DiscoveredWallet {
  readonly id: string;
  /** Reverse domain name, by which a choice is remembered. */
  readonly rdns: string;
  readonly name: string;
  /** A data: image, or null when the wallet sent anything else. */
  readonly icon: string | null;
  readonly provider: WalletProvider;
}

/** Calls with all wallets known so far, now and whenever one announces itself; returns the way to stop. */
export function discoverWallets(listener: (wallets: readonly DiscoveredWallet[]) => void): () => void {
  const store = createStore();
  const tell = (details: readonly EIP6963ProviderDetail[]): void => listener(details.map(makeWallet));
  tell(store.getProviders());
  const unsubscribe = store.subscribe(tell);
  return () => {
    unsubscribe();
    store.destroy();
  };
}

function makeWallet({ info, provider }: EIP6963ProviderDetail): DiscoveredWallet {
  return {
    id: info.uuid,
    rdns: info.rdns,
    name: String(info.name).slice(0, 60),
    icon: String(info.icon).startsWith('data:image/') ? info.icon : null,
    provider: provider as unknown as WalletProvider,
  };
}
