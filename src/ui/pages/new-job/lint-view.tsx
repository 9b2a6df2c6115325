// By what each output can be compared, and why: what the lint found, with the lines it means.
import { For, type JSX, Show } from 'solid-js';
import type { Comparison } from '../../../protocol/job.ts';
import { type LintReport, type LintVerdict, type OutputLint, sayLines, warnOfLint } from '../../../protocol/lint.ts';

const VERDICTS: Readonly<Record<LintVerdict, { readonly tone: string; readonly words: string }>> = {
  exact: { tone: 'on', words: 'the same bytes everywhere' },
  tolerance: { tone: 'live', words: 'nearly the same everywhere' },
  order: { tone: 'wait', words: 'depends on the order' },
};

export function LintView(props: {
  readonly lint: LintReport;
  /** Takes the comparison that is suggested for an output; null where it cannot be changed here. */
  readonly onSuggest: ((output: string, comparison: Comparison) => void) | null;
}): JSX.Element {
  return (
    <ul class="lint" aria-label="Comparing the outputs">
      <For each={props.lint.outputs}>{(output) => <OutputFinding output={output} onSuggest={props.onSuggest} />}</For>
    </ul>
  );
}

function OutputFinding(props: {
  readonly output: OutputLint;
  readonly onSuggest: ((output: string, comparison: Comparison) => void) | null;
}): JSX.Element {
  const verdict = () => VERDICTS[props.output.verdict];
  return (
    <li>
      <p class="lint-head">
        <strong class="mono">{props.output.name}</strong>
        <span class="badge" data-tone={verdict().tone}>
          {verdict().words}
        </span>
      </p>
      <Show when={warnOfLint(props.output)}>{(warning) => <p class="notice small">{warning()}</p>}</Show>
      <p class="small muted">{sayHowToCompare(props.output)}</p>
      <Show when={!props.output.fits && props.onSuggest}>
        {(take) => (
          <button type="button" class="button is-small" onClick={() => take()(props.output.name, props.output.suggested)}>
            Compare it so
          </button>
        )}
      </Show>
      <details>
        <summary class="small">Why</summary>
        <ul class="lint-reasons small">
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

function sayHowToCompare({ verdict, fits, suggested }: OutputLint): string {
  if (verdict === 'exact') return 'Copies can be compared bit for bit.';
  if (fits && verdict === 'tolerance') return 'It is compared within a tolerance, as it must be.';
  if (suggested.kind !== 'tolerance') return '';
  const { abs, rel, maxOutlierShare } = suggested;
  const size = rel === 0 ? String(abs) : `${abs} and ${rel} of the value`;
  const outliers = maxOutlierShare === 0 ? 'for every element' : `for all but ${maxOutlierShare * 100} % of the elements`;
  return `To begin with: a tolerance of ${size}, ${outliers}.`;
}
