// The wallets that announced themselves, and what became of asking one.
import { createSignal, For, type JSX, onCleanup, onMount, Show } from 'solid-js';
import type { DiscoveredWallet } from '../../../account/discover-wallets.ts';
import type { FaultBody } from '../../../protocol/fault.ts';
import { useApp } from '../../state/app-context.ts';
import { isContributing } from '../../state/create-contributor-controls.ts';
import { describeFault } from '../../state/describe-fault.ts';
import { rememberWallet } from '../../state/follow-wallet.ts';
import { useWords } from '../../state/words.ts';
import { WORDS } from './words.ts';

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

export function WalletList(props: { readonly label: (name: string) => string }): JSX.Element {
  const words = useWords(WORDS);
  const { session, contributor, toasts } = useApp();
  const wallets = createWallets();
  const [asking, setAsking] = createSignal<DiscoveredWallet | null>(null);
  const [fault, setFault] = createSignal<FaultBody | null>(null);
  const ask = async (wallet: DiscoveredWallet): Promise<void> => {
    setAsking(wallet);
    setFault(null);
    try {
      const wasOn = isContributing(contributor.snapshot());
      // Before the session is the wallet's, so that whoever follows it knows which one.
      rememberWallet(wallet.rdns);
      await session.useWallet(wallet.provider);
      toasts.show(words().wallet.signedIn(wallet.name));
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
      <Show when={(wallets() ?? []).length > 0} fallback={<p class="notice is-plain small">{words().wallet.none}</p>}>
        <For each={wallets()}>
          {(wallet) => (
            <WalletButton
              wallet={wallet}
              label={props.label(wallet.name)}
              isDisabled={asking() !== null}
              onClick={() => void ask(wallet)}
            />
          )}
        </For>
      </Show>
      <p role="status" class="small">
        <Show when={asking()}>{(wallet) => <span class="muted">{words().wallet.waiting(wallet().name)}</span>}</Show>
      </p>
      <Show when={fault()}>
        {(found) => (
          <p class={found().code === 'cancelled' ? 'small muted' : 'refusal'} role="alert" lang="en">
            {found().sentence}
          </p>
        )}
      </Show>
    </div>
  );
}

function WalletButton(props: {
  readonly wallet: DiscoveredWallet;
  readonly label: string;
  readonly isDisabled: boolean;
  readonly onClick: () => void;
}): JSX.Element {
  return (
    <button type="button" class="wallet" disabled={props.isDisabled} onClick={() => props.onClick()}>
      <Show when={props.wallet.icon} fallback={<span class="blank" aria-hidden="true" />}>
        {(icon) => <img src={icon()} alt="" width="28" height="28" />}
      </Show>
      <span>{props.label}</span>
    </button>
  );
}
