// One offer at a time, after something was verified and never before: to leave the tab open, to install, to back up, to attach a wallet.
import { useNavigate } from '@solidjs/router';
import { createEffect, createMemo, createSignal, type JSX, Show } from 'solid-js';
import { useApp } from '../../state/app-context.ts';
import { recall, remember } from '../../state/remember.ts';
import { readWords } from '../../state/words.ts';
import { type Offer, parseOffers, pickOffer } from './pick-offer.ts';
import { RUN_WORDS } from './run-words.ts';

const WORD_OF = { 'keep-open': 'keepOpen', install: 'install', backup: 'backup', wallet: 'wallet' } as const;
const parseFlag = (value: unknown): true | null => (value === true ? true : null);

export function OfferCard(): JSX.Element {
  const { install, contributor, session, toasts } = useApp();
  const words = () => readWords(RUN_WORDS);
  const navigate = useNavigate();
  const [dismissed, setDismissed] = createSignal<readonly Offer[]>(recall('offers-closed', parseOffers) ?? []);
  const [closedAtVerified, setClosedAt] = createSignal<number | null>(null);
  const isGuest = createMemo(() => {
    const current = session.current();
    return current.kind === 'signed-in' && current.view.account.kind === 'guest';
  });
  const canBackUp = createCanBackUp(() => isGuest() && contributor.snapshot().counts.verified > 0);
  const offer = createMemo(() =>
    pickOffer({
      verified: contributor.snapshot().counts.verified,
      isInstallable: install.isOffered(),
      isGuest: isGuest(),
      isBackupDue: canBackUp() && recall('backed-up', parseFlag) === null,
      dismissed: dismissed(),
      closedAtVerified: closedAtVerified(),
    }),
  );
  const close = (closed: Offer): void => {
    setDismissed((before) => [...before, closed]);
    setClosedAt(contributor.snapshot().counts.verified);
    remember('offers-closed', dismissed());
  };
  const accept = async (accepted: Offer): Promise<void> => {
    if (accepted === 'backup') return navigate('/settings#backup');
    if (accepted === 'wallet') return navigate('/account');
    if (accepted === 'install' && (await install.ask()) === 'accepted') toasts.show(words().offers.installed);
    close(accepted);
  };
  return (
    <Show when={offer()} keyed>
      {(shown) => (
        <aside class="offer" aria-label={words().offers[WORD_OF[shown]].title}>
          <div>
            <strong>{words().offers[WORD_OF[shown]].title}</strong>
            <p>{words().offers[WORD_OF[shown]].sentence}</p>
          </div>
          <div class="row">
            <button type="button" class="button is-small" onClick={() => void accept(shown)}>
              {words().offers[WORD_OF[shown]].yes}
            </button>
            <Show when={shown !== 'keep-open'}>
              <button type="button" class="button is-small is-quiet" onClick={() => close(shown)}>
                {words().offers.no}
              </button>
            </Show>
          </div>
        </aside>
      )}
    </Show>
  );
}

/** Asked once, when it first matters: the key's code is not part of the first page. */
function createCanBackUp(isTime: () => boolean): () => boolean {
  const [can, setCan] = createSignal(false);
  let isAsked = false;
  createEffect(() => {
    if (isAsked || !isTime()) return;
    isAsked = true;
    import('../../../account/guest-key.ts')
      .then(({ viewGuestKey }) => viewGuestKey())
      .then(
        (key) => setCan(key?.canBackUp ?? false),
        // A browser that keeps no keys has nothing to offer either.
        () => undefined,
      );
  });
  return can;
}
