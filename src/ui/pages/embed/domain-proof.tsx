// The proof that a domain is its owner's: what to put where, a check on a press, and why it failed.
import { createSignal, type JSX, Show } from 'solid-js';
import type { SiteView } from '../../../protocol/api-sites.ts';
import type { FaultBody } from '../../../protocol/fault.ts';
import { checkSite } from '../../../requester/sites.ts';
import { useApp } from '../../state/app-context.ts';
import { describeFault } from '../../state/describe-fault.ts';
import { formatAmount, formatMoment } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import { WORDS } from './words.ts';

const LOOPBACK = /^(localhost|127\.)/;
const FILE_PATH = '/.well-known/ostraka-site.txt';

export function DomainProof(props: { readonly site: SiteView; readonly onChanged: (site: SiteView) => void }): JSX.Element {
  const { api, session } = useApp();
  const words = useWords(WORDS);
  const [isBusy, setBusy] = createSignal(false);
  const [fault, setFault] = createSignal<FaultBody | null>(null);
  const [paid, setPaid] = createSignal(0n);
  const isHere = () => LOOPBACK.test(props.site.domain);
  const check = async (): Promise<void> => {
    setBusy(true);
    setFault(null);
    const before = BigInt(props.site.released);
    try {
      const site = await checkSite(api, props.site.id);
      setPaid(BigInt(site.released) - before);
      props.onChanged(site);
      if (site.proof !== null) void session.refresh();
    } catch (error) {
      setFault(describeFault(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <section class="card stack" aria-labelledby="proof">
      <div class="row proof-head">
        <h2 id="proof">{words().proof.title}</h2>
        <span class="badge" data-tone={props.site.proof ? 'on' : 'wait'}>
          {props.site.proof ? words().proof.proved : words().proof.open}
        </span>
      </div>
      <p class="muted small">{words().proof.why(props.site.sharePercent)}</p>
      <Show when={!isHere()}>
        <p class="small">{words().proof.dns}</p>
        <pre class="snippet">
          <code>{`${props.site.domain}. TXT "ostraka-site=${props.site.code}"`}</code>
        </pre>
      </Show>
      <p class="small">
        {isHere()
          ? words().proof.fileOnly(`http://${props.site.domain}${FILE_PATH}`)
          : words().proof.file(`https://${props.site.domain}${FILE_PATH}`)}
      </p>
      <pre class="snippet">
        <code>{`ostraka-site=${props.site.code}`}</code>
      </pre>
      <div class="row">
        <button type="button" class="button" disabled={isBusy()} onClick={() => void check()}>
          {isBusy() ? words().proof.checking : words().proof.check}
        </button>
        <Show when={props.site.checkedAtMs}>
          {(checkedAtMs) => <span class="muted small">{words().proof.lastChecked(formatMoment(checkedAtMs(), Date.now()))}</span>}
        </Show>
      </div>
      <div role="status" class="stack tight">
        <Show when={props.site.proof}>
          {(proof) => (
            <p class="verified">
              {words().proof.found[proof()]} {paid() > 0n ? words().proof.paid(formatAmount(paid())) : ''}
            </p>
          )}
        </Show>
        <Show when={props.site.proof && props.site.held !== '0' && paid() > 0n}>
          <p class="muted small">{words().proof.guestCap}</p>
        </Show>
        <Show when={fault()?.sentence ?? (props.site.proof ? null : props.site.refusal)}>
          {(sentence) => (
            <p class="refusal" lang="en">
              <span>{sentence()}</span>
            </p>
          )}
        </Show>
      </div>
    </section>
  );
}
