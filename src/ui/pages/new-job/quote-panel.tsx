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
import type { Draft } from './draft.ts';
import { LintView } from './lint-view.tsx';

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
      toasts.show(`Submitted. ${formatAmount(quote.total)} credits are held until its shards are verified.`);
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
  const nowMs = createClock();
  const { offer, busy, ask, submit } = createOffer(props);
  const isExpired = () => (offer()?.quote.expiresAtMs ?? 0) <= nowMs();
  return (
    <section class="card stack" aria-labelledby="quote">
      <h2 id="quote">Price</h2>
      <Show
        when={offer()}
        fallback={
          <p class="muted small">The coordinator checks the program, runs samples of it, and names a price. Nothing is held yet.</p>
        }
      >
        {(one) => (
          <QuoteDetails
            quote={one().quote}
            secondsLeft={Math.max(0, Math.ceil((one().quote.expiresAtMs - nowMs()) / 1_000))}
            onSuggest={props.onSuggest}
          />
        )}
      </Show>
      <div class="row">
        <Show when={offer() !== null && !isExpired() && offer()}>
          {(one) => (
            <button type="button" class="button is-main" disabled={busy() !== null} onClick={() => void submit(one())}>
              {busy() === 'submit' ? 'Submitting…' : `Submit for ${formatAmount(one().quote.total)} credits`}
            </button>
          )}
        </Show>
        <Show when={offer() === null || isExpired()}>
          <button type="button" class="button is-main" disabled={busy() !== null} onClick={() => void ask()}>
            {busy() === 'quote' ? 'Checking the program…' : offer() ? 'Ask again' : 'Get a price'}
          </button>
        </Show>
      </div>
      <p class="small muted">
        No credit? <A href="/">Contribute</A> for a few minutes, or look at your <A href="/account">account</A>.
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
  return (
    <div class="stack" aria-live="polite">
      <div class="quote-lines">
        <For each={props.quote.lines}>
          {(line) => (
            <div>
              <span class="muted">{line.label}</span>
              <span class="number">{formatAmount(line.amount)}</span>
            </div>
          )}
        </For>
        <div class="total">
          <span>At most</span>
          <span class="number">{formatAmount(props.quote.total)} credits</span>
        </div>
      </div>
      <p class="small muted">
        {formatCount(props.quote.shards)} shards at {formatAmount(props.quote.pricePerCopy)} a copy.{' '}
        {props.quote.estimateSeconds === null
          ? 'It begins with the first device that is free.'
          : `About ${formatDuration(props.quote.estimateSeconds)} with the devices here now.`}{' '}
        What is not spent comes back.
      </p>
      <Show when={props.quote.workPerWorkgroup}>
        {(work) => (
          <p class="small muted">
            A copy is {formatWork(work() * props.quote.workgroupsPerShard)} of work:{' '}
            {formatDuration(secondsOfWork(work() * props.quote.workgroupsPerShard))} of one processor core. It is counted, not timed, so it
            is the same on every machine.
          </p>
        )}
      </Show>
      <p class="notice is-plain small">
        {props.quote.cpu.isPossible
          ? 'Devices without a GPU can run it, too.'
          : `Only devices with a GPU can run it: ${props.quote.cpu.reason ?? 'it has no CPU form.'}`}
      </p>
      <For each={props.quote.notices.filter((notice) => !isSaidByLint(props.quote, notice))}>
        {(notice) => <p class="notice small">{notice}</p>}
      </For>
      <Show when={props.quote.lint}>{(lint) => <LintView lint={lint()} onSuggest={props.onSuggest} />}</Show>
      <p class="small muted">
        <Show when={props.secondsLeft > 0} fallback="This price has expired.">
          This price holds for {formatDuration(props.secondsLeft)}.
        </Show>
      </p>
    </div>
  );
}
