// What the job would cost, what a requester should know, and the button that submits it.
import { A } from '@solidjs/router';
import { type Accessor, createEffect, createSignal, For, type JSX, on, Show } from 'solid-js';
import type { QuoteView } from '../../../protocol/api.ts';
import type { FaultBody } from '../../../protocol/fault.ts';
import type { Comparison, JobSpec } from '../../../protocol/job.ts';
import { warnOfLint } from '../../../protocol/lint.ts';
import { secondsOfWork } from '../../../protocol/work.ts';
import { quoteJob } from '../../../requester/quote-job.ts';
import { submitJob } from '../../../requester/submit-job.ts';
import { useApp } from '../../state/app-context.ts';
import { createClock } from '../../state/create-clock.ts';
import { describeFault } from '../../state/describe-fault.ts';
import { formatAmount, formatCount, formatDuration, formatWork } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import type { Draft } from './draft.ts';
import { LintView } from './lint-view.tsx';
import { WORDS } from './words.ts';

interface Offer {
  readonly spec: JobSpec;
  readonly quote: QuoteView;
}

interface QuotePanelProps {
  readonly draft: Accessor<Draft>;
  readonly prepare: () => Promise<JobSpec | null>;
  readonly onRefusal: (fault: FaultBody) => void;
  readonly onSubmitted: (job: number) => void;
  /** Null where the comparison is the template's. */
  readonly onSuggest: ((output: string, comparison: Comparison) => void) | null;
}

/** What the coordinator offers for the job as it stands, and what is under way. */
function createOffer(props: QuotePanelProps) {
  const { api, session, toasts } = useApp();
  const words = useWords(WORDS);
  const [offer, setOffer] = createSignal<Offer | null>(null);
  const [busy, setBusy] = createSignal<'quote' | 'submit' | null>(null);
  // A changed job has another price.
  createEffect(on(props.draft, () => setOffer(null), { defer: true }));

  const ask = async (): Promise<void> => {
    setBusy('quote');
    try {
      const spec = await props.prepare();
      if (spec) setOffer({ spec, quote: await quoteJob(api, spec) });
    } catch (error) {
      props.onRefusal(describeFault(error));
    } finally {
      setBusy(null);
    }
  };
  const submit = async ({ spec, quote }: Offer): Promise<void> => {
    setBusy('submit');
    try {
      const job = await submitJob(api, spec, quote.id);
      toasts.show(words().quote.submitted(formatAmount(quote.total)));
      void session.refresh();
      props.onSubmitted(job.id);
    } catch (error) {
      const fault = describeFault(error);
      if (fault.code === 'quote-expired') setOffer(null);
      props.onRefusal(fault);
    } finally {
      setBusy(null);
    }
  };
  return { offer, busy, ask, submit };
}

export function QuotePanel(props: QuotePanelProps): JSX.Element {
  const words = useWords(WORDS);
  const nowMs = createClock();
  const { offer, busy, ask, submit } = createOffer(props);
  const isExpired = () => (offer()?.quote.expiresAtMs ?? 0) <= nowMs();
  return (
    <section class="card stack" aria-labelledby="quote">
      <h2 id="quote">{words().quote.title}</h2>
      <Show when={offer()} fallback={<p class="muted small">{words().quote.about}</p>}>
        {(one) => (
          <QuoteDetails
            quote={one().quote}
            secondsLeft={Math.max(0, Math.ceil((one().quote.expiresAtMs - nowMs()) / 1_000))}
            onSuggest={props.onSuggest}
          />
        )}
      </Show>
      {/* The price once, and not the countdown below it. */}
      <p class="sr" role="status">
        {offer() === null ? '' : `${words().quote.atMost} ${words().quote.credits(formatAmount(offer()?.quote.total ?? '0'))}`}
      </p>
      <div class="row">
        <Show when={offer() !== null && !isExpired() && offer()}>
          {(one) => (
            <button type="button" class="button is-main" disabled={busy() !== null} onClick={() => void submit(one())}>
              {busy() === 'submit' ? words().quote.submitting : words().quote.submit(formatAmount(one().quote.total))}
            </button>
          )}
        </Show>
        <Show when={offer() === null || isExpired()}>
          <button type="button" class="button is-main" disabled={busy() !== null} onClick={() => void ask()}>
            {busy() === 'quote' ? words().quote.asking : offer() ? words().quote.again : words().quote.ask}
          </button>
        </Show>
      </div>
      <p class="small muted">
        {words().quote.noCredit} <A href="/">{words().quote.contribute}</A> {words().quote.orLook}{' '}
        <A href="/account">{words().quote.account}</A>.
      </p>
    </section>
  );
}

/** The same warning stands at its output below. */
function isSaidByLint({ lint }: QuoteView, notice: string): boolean {
  return lint?.outputs.some((output) => warnOfLint(output) === notice) ?? false;
}

function QuoteDetails(props: {
  readonly quote: QuoteView;
  readonly secondsLeft: number;
  readonly onSuggest: QuotePanelProps['onSuggest'];
}): JSX.Element {
  const words = useWords(WORDS);
  const workOfCopy = () => (props.quote.workPerWorkgroup ?? 0) * props.quote.workgroupsPerShard;
  return (
    <div class="stack">
      <div class="quote-lines">
        <For each={props.quote.lines}>
          {(line) => (
            <div>
              <span class="muted" lang="en">
                {line.label}
              </span>
              <span class="number">{formatAmount(line.amount)}</span>
            </div>
          )}
        </For>
        <div class="total">
          <span>{words().quote.atMost}</span>
          <span class="number">{words().quote.credits(formatAmount(props.quote.total))}</span>
        </div>
      </div>
      <p class="small muted">
        {words().quote.shards(formatCount(props.quote.shards), formatAmount(props.quote.pricePerCopy))}{' '}
        {props.quote.estimateSeconds === null ? words().quote.begins : words().quote.estimate(formatDuration(props.quote.estimateSeconds))}{' '}
        {words().quote.comesBack}
      </p>
      <Show when={props.quote.workPerWorkgroup}>
        <p class="small muted">{words().quote.work(formatWork(workOfCopy()), formatDuration(secondsOfWork(workOfCopy())))}</p>
      </Show>
      <p class="notice is-plain small">
        {props.quote.cpu.isPossible ? words().quote.anyDevice : words().quote.onlyGpu(props.quote.cpu.reason ?? words().quote.noCpuForm)}
      </p>
      <For each={props.quote.notices.filter((notice) => !isSaidByLint(props.quote, notice))}>
        {(notice) => (
          <p class="notice small" lang="en">
            {notice}
          </p>
        )}
      </For>
      <Show when={props.quote.lint}>{(lint) => <LintView lint={lint()} onSuggest={props.onSuggest} />}</Show>
      <p class="small muted">{props.secondsLeft > 0 ? words().quote.holds(formatDuration(props.secondsLeft)) : words().quote.expired}</p>
    </div>
  );
}
