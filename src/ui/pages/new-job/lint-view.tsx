// By what each output can be compared, and why: what the lint found, with the lines it means.
import { For, type JSX, Show } from 'solid-js';
import type { Comparison } from '../../../protocol/job.ts';
import { type LintReport, type LintVerdict, type OutputLint, sayLines, warnOfLint } from '../../../protocol/lint.ts';
import { formatExact } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import { type NewJobWords, WORDS } from './words.ts';

const TONES: Readonly<Record<LintVerdict, string>> = { exact: 'on', tolerance: 'live', order: 'wait' };

export function LintView(props: {
  readonly lint: LintReport;
  /** Takes the comparison that is suggested for an output; null where it cannot be changed here. */
  readonly onSuggest: ((output: string, comparison: Comparison) => void) | null;
}): JSX.Element {
  const words = useWords(WORDS);
  return (
    <ul class="lint" aria-label={words().lint.label}>
      <For each={props.lint.outputs}>{(output) => <OutputFinding output={output} onSuggest={props.onSuggest} />}</For>
    </ul>
  );
}

function OutputFinding(props: {
  readonly output: OutputLint;
  readonly onSuggest: ((output: string, comparison: Comparison) => void) | null;
}): JSX.Element {
  const words = useWords(WORDS);
  return (
    <li>
      <p class="lint-head">
        <strong class="mono">{props.output.name}</strong>
        <span class="badge" data-tone={TONES[props.output.verdict]}>
          {words().lint.verdicts[props.output.verdict]}
        </span>
      </p>
      <Show when={warnOfLint(props.output)}>
        {(warning) => (
          <p class="notice small" lang="en">
            {warning()}
          </p>
        )}
      </Show>
      <p class="small muted">{sayHowToCompare(props.output, words().lint)}</p>
      <Show when={!props.output.fits && props.onSuggest}>
        {(take) => (
          <button type="button" class="button is-small" onClick={() => take()(props.output.name, props.output.suggested)}>
            {words().lint.take}
          </button>
        )}
      </Show>
      <details>
        <summary class="small">{words().lint.why}</summary>
        <ul class="lint-reasons small" lang="en">
          <For each={props.output.reasons}>
            {(reason) => (
              <li>
                {reason.sentence}
                <Show when={reason.lines.length > 0}>
                  {' '}
                  <span class="mono muted">{sayLines(reason.lines)}</span>
                </Show>
              </li>
            )}
          </For>
        </ul>
      </details>
    </li>
  );
}

function sayHowToCompare({ verdict, fits, suggested }: OutputLint, words: NewJobWords['lint']): string {
  if (verdict === 'exact') return words.exact;
  if (fits && verdict === 'tolerance') return words.fits;
  if (suggested.kind !== 'tolerance') return '';
  const { abs, rel, maxOutlierShare } = suggested;
  const outliers = maxOutlierShare === 0 ? null : formatExact(maxOutlierShare * 100);
  return words.suggest(formatExact(abs), rel === 0 ? null : formatExact(rel), outliers);
}
