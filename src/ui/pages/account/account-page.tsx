// Account: which key this browser signs with, what it has earned, and how to keep it.
import { A } from '@solidjs/router';
import { createSignal, type JSX, Match, onMount, Show, Switch } from 'solid-js';
import '../../styles/account.css';
import type { SessionView } from '../../../protocol/api.ts';
import type { FaultBody } from '../../../protocol/fault.ts';
import { createTitle } from '../../parts/create-title.ts';
import { PageHead } from '../../parts/page-head.tsx';
import { Failed, Loading } from '../../parts/page-state.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { useApp } from '../../state/app-context.ts';
import { describeFault } from '../../state/describe-fault.ts';
import { formatAmount, formatCount } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import { LedgerTable } from './ledger-table.tsx';
import { WalletList } from './wallet-list.tsx';
import { WORDS } from './words.ts';

export function AccountPage(): JSX.Element {
  const { session } = useApp();
  const words = useWords(WORDS);
  createTitle(
    () => words().title,
    () => words().description,
  );
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
      <PageHead title={words().title} lead={words().lead} />
      <Switch>
        <Match when={session.current().kind === 'loading'}>
          <Loading heights={[140, 320]} label={words().loading} />
        </Match>
        <Match when={fault()}>
          {(found) => <Failed fault={found()} safe={words().keyIsSafe} onRetry={() => void session.refresh()} />}
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
  const words = useWords(WORDS);
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
        <h2 id="guest">{words().guest.title}</h2>
        <p>{words().guest.text}</p>
        <div>
          <button type="button" class="button is-main" disabled={isBusy()} onClick={() => void begin()}>
            {isBusy() ? words().guest.busy : words().guest.action}
          </button>
        </div>
        <Refusal fault={fault()} />
      </section>
      <section class="card stack" aria-labelledby="wallet">
        <h2 id="wallet">{words().wallet.title}</h2>
        <p class="muted small">{words().wallet.text}</p>
        <WalletList label={words().wallet.signInWith} />
      </section>
    </div>
  );
}

function SignedIn(props: { readonly view: SessionView }): JSX.Element {
  const words = useWords(WORDS);
  const account = () => props.view.account;
  const balance = () => BigInt(account().earned) + BigInt(account().granted);
  const kind = () => {
    const { kinds } = words().key;
    const of = account().kind;
    return of === 'wallet' || of === 'guest' ? kinds[of] : kinds.other;
  };
  return (
    <div class="account">
      <div class="stack">
        <section class="balance" aria-label={words().balance.label}>
          <p class="big number">{formatAmount(balance())}</p>
          <p class="muted">{words().balance.sentence(formatAmount(account().earned), formatAmount(account().granted))}</p>
        </section>
        <LedgerTable />
      </div>
      <div class="stack">
        <section class="card stack" aria-labelledby="key">
          <h2 id="key">{kind()}</h2>
          <code class="key-line">{account().wallet ?? account().name}</code>
          <dl class="facts small">
            <dt>{words().key.verified}</dt>
            <dd class="number">{formatCount(account().verifiedShards)}</dd>
            <dt>{words().key.device}</dt>
            <dd class="number">{props.view.device}</dd>
            <Show when={account().cap}>
              {(cap) => (
                <>
                  <dt>{words().key.cap}</dt>
                  <dd class="number">{formatAmount(cap())}</dd>
                </>
              )}
            </Show>
          </dl>
          <Show when={account().kind === 'guest'}>
            <p class="small muted">
              {words().key.about} <A href="/settings#backup">{words().key.backUp}</A>
            </p>
          </Show>
          <SignOut isGuest={account().kind === 'guest'} />
        </section>
        <Show when={account().kind === 'guest'}>
          <section class="card stack" aria-labelledby="attach">
            <h2 id="attach">{words().attach.title}</h2>
            <p class="small muted">{words().attach.text}</p>
            <WalletList label={words().wallet.attach} />
          </section>
        </Show>
      </div>
    </div>
  );
}

function SignOut(props: { readonly isGuest: boolean }): JSX.Element {
  const { session, contributor, toasts } = useApp();
  const words = useWords(WORDS);
  const leave = async (scope: 'here' | 'everywhere'): Promise<void> => {
    try {
      await contributor.stop();
      await session.leave(scope);
      toasts.show(props.isGuest ? words().signOut.doneGuest : words().signOut.done);
    } catch (error) {
      toasts.show(describeFault(error).sentence);
    }
  };
  return (
    <div class="row">
      <button type="button" class="button is-small" onClick={() => void leave('here')}>
        {words().signOut.here}
      </button>
      <button type="button" class="button is-small is-quiet" onClick={() => void leave('everywhere')}>
        {words().signOut.everywhere}
      </button>
    </div>
  );
}
