// The wallets that announced themselves, and what became of asking one.
import { createSignal, For, type JSX, onCleanup, onMount, Show } from 'solid-js';
import type { DiscoveredWallet } from '../../../account/discover-wallets.ts';
import type { FaultBody } from '../../../protocol/fault.ts';
import { useApp } from '../../state/app-context.ts';
import { isContributing } from '../../state/create-contributor-controls.ts';
import { describeFault } from '../../state/describe-fault.ts';

/** Grows as wallets announce themselves; null until the listener is there. */
function createWallets(): () => readonly DiscoveredWallet[] | null {
  const [wallets, setWallets] = createSignal<readonly DiscoveredWallet[] | null>(null);
  onMount(() => {
    let stop = (): void => undefined;
    let isGone = false;
    void import('../../../account/discover-wallets.ts').then(({ discoverWallets }) => {
      if (!isGone) stop = discoverWallets((found) => setWallets([...found]));
    });
    onCleanup(() => {
      isGone = true;
      stop();
    });
  });
  return wallets;
}

export function WalletList(props: { readonly verb: string }): JSX.Element {
  const { session, contributor, toasts } = useApp();
  const wallets = createWallets();
  const [asking, setAsking] = createSignal<DiscoveredWallet | null>(null);
  const [fault, setFault] = createSignal<FaultBody | null>(null);
  const ask = async (wallet: DiscoveredWallet): Promise<void> => {
    setAsking(wallet);
    setFault(null);
    try {
      const wasOn = isContributing(contributor.snapshot());
      await session.useWallet(wallet.provider);
      toasts.show(`Signed in with ${wallet.name}.`);
      // The open connection still belongs to the account before.
      if (wasOn) {
        await contributor.stop();
        await contributor.start();
      }
    } catch (error) {
      setFault(describeFault(error));
    } finally {
      setAsking(null);
    }
  };
  return (
    <div class="wallets">
      <Show
        when={(wallets() ?? []).length > 0}
        fallback={
          <p class="notice is-plain small">
            No wallet has announced itself in this browser. Install one, or go on as a guest: everything works, and a wallet can be attached
            later.
          </p>
        }
      >
        <For each={wallets()}>
          {(wallet) => <WalletButton wallet={wallet} verb={props.verb} isDisabled={asking() !== null} onClick={() => void ask(wallet)} />}
        </For>
      </Show>
      <p role="status" class="small">
        <Show when={asking()}>{(wallet) => <span class="muted">Waiting for {wallet().name}: look for its window.</span>}</Show>
      </p>
      <Show when={fault()}>
        {(found) => (
          <p class={found().code === 'cancelled' ? 'small muted' : 'refusal'} role="alert">
            {found().sentence}
          </p>
        )}
      </Show>
    </div>
  );
}

function WalletButton(props: {
  readonly wallet: DiscoveredWallet;
  readonly verb: string;
  readonly isDisabled: boolean;
  readonly onClick: () => void;
}): JSX.Element {
  return (
    <button type="button" class="wallet" disabled={props.isDisabled} onClick={() => props.onClick()}>
      <Show when={props.wallet.icon} fallback={<span class="blank" aria-hidden="true" />}>
        {(icon) => <img src={icon()} alt="" width="28" height="28" />}
      </Show>
      <span>
        {props.verb} {props.wallet.name}
      </span>
    </button>
  );
}
