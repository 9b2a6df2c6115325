// Who is signed in here. Nobody is asked for anything until an action needs an account; then a guest key is enough.
import { type Accessor, createSignal } from 'solid-js';
import type { Api } from '../../account/create-api.ts';
import { readSession, signOut } from '../../account/session.ts';
import type { WalletProvider } from '../../account/sign-siwe-message.ts';
import type { SessionView } from '../../protocol/api.ts';
import type { FaultBody } from '../../protocol/fault.ts';
import { describeFault } from './describe-fault.ts';

export type SessionKind =
  | { readonly kind: 'loading' }
  | { readonly kind: 'unknown'; readonly fault: FaultBody }
  | { readonly kind: 'nobody' }
  | { readonly kind: 'signed-in'; readonly view: SessionView };

export interface SessionState {
  readonly current: Accessor<SessionKind>;
  refresh(): Promise<void>;
  /** The session that is there, or a guest's, made now. */
  ensure(): Promise<SessionView>;
  useWallet(provider: WalletProvider): Promise<SessionView>;
  leave(scope: 'here' | 'everywhere'): Promise<void>;
}

export function createSessionState(api: Api): SessionState {
  const [current, setCurrent] = createSignal<SessionKind>({ kind: 'loading' });
  let opening: Promise<SessionView> | null = null;

  const enter = (view: SessionView): SessionView => {
    setCurrent({ kind: 'signed-in', view });
    return view;
  };
  const refresh = async (): Promise<void> => {
    try {
      const view = await readSession(api);
      setCurrent(view ? { kind: 'signed-in', view } : { kind: 'nobody' });
    } catch (error) {
      // What was known stays known while the coordinator is away.
      if (current().kind !== 'signed-in') setCurrent({ kind: 'unknown', fault: describeFault(error) });
    }
  };
  const openGuest = async (): Promise<SessionView> => {
    const existing = await readSession(api);
    if (existing) return enter(existing);
    const [{ loadGuestKey }, { signInWithKey }] = await Promise.all([
      import('../../account/guest-key.ts'),
      import('../../account/sign-in.ts'),
    ]);
    return enter(await signInWithKey(api, await loadGuestKey(), 'guest'));
  };

  void refresh();
  return {
    current,
    refresh,
    async ensure() {
      const now = current();
      if (now.kind === 'signed-in') return now.view;
      opening ??= openGuest().finally(() => {
        opening = null;
      });
      return opening;
    },
    async useWallet(provider) {
      const now = current();
      const { loadGuestKey } = await import('../../account/guest-key.ts');
      const key = await loadGuestKey();
      if (now.kind === 'signed-in' && now.view.account.kind === 'guest') {
        const { attachWallet } = await import('../../account/attach-wallet.ts');
        return enter(await attachWallet(api, provider, key, Date.now()));
      }
      const { signInWithWallet } = await import('../../account/sign-in.ts');
      return enter(await signInWithWallet(api, provider, key, Date.now()));
    },
    async leave(scope) {
      await signOut(api, scope);
      setCurrent({ kind: 'nobody' });
    },
  };
}
