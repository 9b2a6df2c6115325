// Account: which key this browser signs with, what it has earned, and how to keep it.
import { createSignal, type JSX, Match, onMount, Show, Switch } from 'solid-js';
import type { SessionView } from '../../../protocol/api.ts';
import type { FaultBody } from '../../../protocol/fault.ts';
import { createTitle } from '../../parts/create-title.ts';
import { Failed, Loading } from '../../parts/page-state.tsx';
import { useApp } from '../../state/app-context.ts';
import { describeFault } from '../../state/describe-fault.ts';
import { formatAmount, formatCount } from '../../state/format.ts';
import { LedgerTable } from './ledger-table.tsx';
import { WalletList } from './wallet-list.tsx';

export function AccountPage(): JSX.Element {
  const { session } = useApp();
  createTitle(() => 'Account');
  // What was earned since the page was opened.
  onMount(() => void session.refresh());
  const signedIn = () => {
    const current = session.current();
    return current.kind === 'signed-in' ? current.view : null;
  };
  const fault = () => {
    const current = session.current();
    return current.kind === 'unknown' ? current.fault : null;
  };
  return (
    <>
      <div class="page-head">
        <div>
          <h1>Account</h1>
          <p class="lead">An account is a key that signs. This browser makes one by itself; a wallet is never needed to begin.</p>
        </div>
      </div>
      <Switch>
        <Match when={session.current().kind === 'loading'}>
          <Loading heights={[140, 320]} label="Loading the account" />
        </Match>
        <Match when={fault()}>
          {(found) => <Failed fault={found()} safe="Your key stays in this browser." onRetry={() => void session.refresh()} />}
        </Match>
        <Match when={session.current().kind === 'nobody'}>
          <Nobody />
        </Match>
        <Match when={signedIn()}>{(view) => <SignedIn view={view()} />}</Match>
      </Switch>
    </>
  );
}

function Nobody(): JSX.Element {
  const { session } = useApp();
  const [fault, setFault] = createSignal<FaultBody | null>(null);
  const [isBusy, setBusy] = createSignal(false);
  const begin = async (): Promise<void> => {
    setBusy(true);
    setFault(null);
    try {
      await session.ensure();
    } catch (error) {
      setFault(describeFault(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div class="account">
      <section class="card stack" aria-labelledby="guest">
        <h2 id="guest">Begin as a guest</h2>
        <p>
          One press makes a key that lives in this browser and cannot be copied out of it. Contributing does the same by itself. What the
          key earns stays with it; clearing this site’s data deletes it.
        </p>
        <div>
          <button type="button" class="button is-main" disabled={isBusy()} onClick={() => void begin()}>
            {isBusy() ? 'Making a key…' : 'Make a guest key'}
          </button>
        </div>
        <Show when={fault()}>
          {(found) => (
            <p class="refusal" role="alert">
              {found().sentence}
            </p>
          )}
        </Show>
      </section>
      <section class="card stack" aria-labelledby="wallet">
        <h2 id="wallet">I have a wallet</h2>
        <p class="muted small">Sign in with it. That costs nothing and moves nothing.</p>
        <WalletList verb="Sign in with" />
      </section>
    </div>
  );
}

function SignedIn(props: { readonly view: SessionView }): JSX.Element {
  const account = () => props.view.account;
  const balance = () => BigInt(account().earned) + BigInt(account().granted);
  return (
    <div class="account">
      <div class="stack">
        <section class="balance" aria-label="Balance">
          <p class="big number">{formatAmount(balance())}</p>
          <p class="muted">
            credits: {formatAmount(account().earned)} earned and {formatAmount(account().granted)} granted, which can be spent on jobs and
            not withdrawn
          </p>
        </section>
        <LedgerTable />
      </div>
      <div class="stack">
        <section class="card stack" aria-labelledby="key">
          <h2 id="key">{account().kind === 'wallet' ? 'Wallet' : account().kind === 'guest' ? 'Guest key' : 'Key'}</h2>
          <code class="key-line">{account().wallet ?? account().name}</code>
          <dl class="facts small">
            <dt>Verified shards</dt>
            <dd class="number">{formatCount(account().verifiedShards)}</dd>
            <dt>This device</dt>
            <dd class="number">{props.view.device}</dd>
            <Show when={account().cap}>
              {(cap) => (
                <>
                  <dt>A guest may hold</dt>
                  <dd class="number">{formatAmount(cap())}</dd>
                </>
              )}
            </Show>
          </dl>
          <Show when={account().kind === 'guest'}>
            <p class="small muted">
              It lives in this browser and cannot be copied out of it. Clearing this site’s data deletes it, and with it the way to what it
              earned.
            </p>
          </Show>
          <SignOut isGuest={account().kind === 'guest'} />
        </section>
        <Show when={account().kind === 'guest'}>
          <section class="card stack" aria-labelledby="attach">
            <h2 id="attach">Attach a wallet</h2>
            <p class="small muted">
              All credit of this key moves to the wallet, once. The wallet signs a readable message; nothing is sent to a chain.
            </p>
            <WalletList verb="Attach" />
          </section>
        </Show>
      </div>
    </div>
  );
}

function SignOut(props: { readonly isGuest: boolean }): JSX.Element {
  const { session, contributor, toasts } = useApp();
  const leave = async (scope: 'here' | 'everywhere'): Promise<void> => {
    try {
      await contributor.stop();
      await session.leave(scope);
      toasts.show(props.isGuest ? 'Signed out. The guest key is still here and signs you in again.' : 'Signed out.');
    } catch (error) {
      toasts.show(describeFault(error).sentence);
    }
  };
  return (
    <div class="row">
      <button type="button" class="button is-small" onClick={() => void leave('here')}>
        Sign out
      </button>
      <button type="button" class="button is-small is-quiet" onClick={() => void leave('everywhere')}>
        Sign out everywhere
      </button>
    </div>
  );
}
