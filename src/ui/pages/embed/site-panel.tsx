// One site: its snippet and preview, its visitors as they come, its figures, its proof.
import { createSignal, type JSX, onCleanup } from 'solid-js';
import type { SiteView } from '../../../protocol/api-sites.ts';
import type { FaultBody } from '../../../protocol/fault.ts';
import { readSite, removeSite } from '../../../requester/sites.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { useApp } from '../../state/app-context.ts';
import { describeFault } from '../../state/describe-fault.ts';
import { useWords } from '../../state/words.ts';
import { DomainProof } from './domain-proof.tsx';
import { LivePreview } from './live-preview.tsx';
import { DEFAULT_SNIPPET } from './make-snippet.ts';
import { SiteEstimate } from './site-estimate.tsx';
import { SiteFigures, SiteLive } from './site-figures.tsx';
import { SnippetBuilder } from './snippet-builder.tsx';
import { WORDS } from './words.ts';

/** The first visitor shows within seconds; a page that nobody looks at asks nothing. */
const LOOK_MS = 3_000;

export function SitePanel(props: {
  readonly site: SiteView;
  readonly onChanged: (site: SiteView) => void;
  readonly onRemoved: () => void;
}): JSX.Element {
  const { api } = useApp();
  const [options, setOptions] = createSignal(DEFAULT_SNIPPET);
  const stop = new AbortController();
  const look = async (): Promise<void> => {
    if (document.visibilityState === 'hidden') return;
    // A look that fails leaves what is known; the shell says when the coordinator is away.
    const site = await readSite(api, props.site.id, stop.signal).catch(() => null);
    if (site !== null && !stop.signal.aborted) props.onChanged(site);
  };
  const timer = setInterval(() => void look(), LOOK_MS);
  onCleanup(() => {
    clearInterval(timer);
    stop.abort();
  });
  return (
    <div class="embed">
      <div class="stack">
        <SnippetBuilder site={props.site} options={options()} onOptions={setOptions} />
        <SiteLive site={props.site} />
        <SiteFigures site={props.site} />
      </div>
      <div class="stack">
        <LivePreview site={props.site} options={options()} />
        <DomainProof site={props.site} onChanged={props.onChanged} />
        <SiteEstimate sharePercent={props.site.sharePercent} />
        <RemoveSite site={props.site} onRemoved={props.onRemoved} />
      </div>
    </div>
  );
}

function RemoveSite(props: { readonly site: SiteView; readonly onRemoved: () => void }): JSX.Element {
  const { api } = useApp();
  const words = useWords(WORDS);
  const [isAsking, setAsking] = createSignal(false);
  const [fault, setFault] = createSignal<FaultBody | null>(null);
  const remove = async (): Promise<void> => {
    setFault(null);
    try {
      await removeSite(api, props.site.id);
      setAsking(false);
      props.onRemoved();
    } catch (error) {
      setFault(describeFault(error));
    }
  };
  return (
    <div>
      <button type="button" class="button is-quiet is-small" onClick={() => setAsking(true)}>
        {words().remove.action}
      </button>
      <Dialog isOpen={isAsking()} title={`${words().remove.action}: ${props.site.domain}`} onClose={() => setAsking(false)}>
        <div class="stack">
          <p>{words().remove.sentence}</p>
          <Refusal fault={fault()} />
          <div class="row">
            <button type="button" class="button is-main" onClick={() => void remove()}>
              {words().remove.confirm}
            </button>
            <button type="button" class="button" onClick={() => setAsking(false)}>
              {words().remove.cancel}
            </button>
          </div>
        </div>
      </Dialog>
    </div>
  );
}
