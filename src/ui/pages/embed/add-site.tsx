// The form that registers a domain; who is nobody yet becomes a guest by it.
import { createSignal, createUniqueId, type JSX, Show } from 'solid-js';
import type { SiteView } from '../../../protocol/api-sites.ts';
import type { FaultBody } from '../../../protocol/fault.ts';
import { registerSite } from '../../../requester/sites.ts';
import { Refusal } from '../../parts/refusal.tsx';
import { useApp } from '../../state/app-context.ts';
import { describeFault } from '../../state/describe-fault.ts';
import { useWords } from '../../state/words.ts';
import { WORDS } from './words.ts';

export function AddSite(props: { readonly onAdded: (site: SiteView) => void }): JSX.Element {
  const { api, session } = useApp();
  const words = useWords(WORDS);
  const id = createUniqueId();
  const [domain, setDomain] = createSignal('');
  const [isBusy, setBusy] = createSignal(false);
  const [fault, setFault] = createSignal<FaultBody | null>(null);
  const add = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (isBusy()) return;
    setBusy(true);
    setFault(null);
    try {
      await session.ensure();
      const site = await registerSite(api, domain());
      setDomain('');
      props.onAdded(site);
    } catch (error) {
      // What was typed stays.
      setFault(describeFault(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form class="add-site stack tight" onSubmit={(event) => void add(event)}>
      <div class="field">
        <label for={id}>{words().add.label}</label>
        <input
          id={id}
          class="input"
          type="text"
          inputmode="url"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          required
          placeholder="example.org"
          value={domain()}
          aria-invalid={fault() !== null}
          aria-describedby={`${id}-hint`}
          onInput={(event) => setDomain(event.currentTarget.value)}
        />
        <span class="hint" id={`${id}-hint`}>
          {words().add.hint}
        </span>
      </div>
      <Refusal fault={fault()} />
      <div>
        <button type="submit" class="button is-main" disabled={isBusy()}>
          {isBusy() ? words().add.busy : words().add.action}
        </button>
      </div>
      <Show when={session.current().kind === 'nobody'}>
        <p class="muted small">{words().add.guest}</p>
      </Show>
    </form>
  );
}
