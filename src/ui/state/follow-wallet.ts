// Signs out here when the wallet that signed in switches to another account: what is earned next must not go to the one before.
import { createEffect, on, onCleanup } from 'solid-js';
import type { App } from './app-context.ts';
import { isContributing } from './create-contributor-controls.ts';
import { recall, remember } from './remember.ts';

const KEY = 'wallet';

/** By which wallet this browser signed in last: its reverse domain name. */
export function rememberWallet(rdns: string): void {
  remember(KEY, rdns);
}

export function followWallet({ session, contributor, toasts }: App, sentence: () => string): void {
  const address = () => {
    const current = session.current();
    return current.kind === 'signed-in' ? current.view.account.wallet : null;
  };
  const leave = async (): Promise<void> => {
    if (isContributing(contributor.snapshot())) await contributor.stop();
    await session.leave('here');
    toasts.show(sentence());
  };
  createEffect(
    on(address, (wallet) => {
      const rdns = recall(KEY, (value) => (typeof value === 'string' ? value : null));
      if (wallet === null || rdns === null) return;
      let stop = (): void => undefined;
      let isGone = false;
      void import('../../account/watch-wallet.ts').then(({ watchWallet }) => {
        if (!isGone) stop = watchWallet(rdns, wallet, () => void leave().catch(() => undefined));
      });
      onCleanup(() => {
        isGone = true;
        stop();
      });
    }),
  );
}
