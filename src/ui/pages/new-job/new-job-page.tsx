// New job: start from something, shape it, try a shard of it here, hear the price, submit.
import { useNavigate, useSearchParams } from '@solidjs/router';
import { createEffect, createResource, createSignal, type JSX, on, Show } from 'solid-js';
import '../../styles/new-job.css';
import type { FaultBody } from '../../../protocol/fault.ts';
import type { Comparison, JobSpec } from '../../../protocol/job.ts';
import { listTemplates } from '../../../requester/list-templates.ts';
import { loadProgramText } from '../../../requester/load-program-text.ts';
import { createTitle } from '../../parts/create-title.ts';
import { PageHead } from '../../parts/page-head.tsx';
import { useApp } from '../../state/app-context.ts';
import { describeFault } from '../../state/describe-fault.ts';
import { useWords } from '../../state/words.ts';
import { createDraftState, type DraftState } from './create-draft-state.ts';
import { Field, Refusal } from './field.tsx';
import { findInput } from './find-field.ts';
import { InputCard } from './input-card.tsx';
import { makeSpec } from './make-spec.ts';
import { ParameterForm } from './parameter-form.tsx';
import { PlanFields } from './plan-fields.tsx';
import { ProgramEditor } from './program-editor.tsx';
import { QuotePanel } from './quote-panel.tsx';
import { putComparison } from './shape-comparison.ts';
import { readInputs } from './shape-inputs.ts';
import { TemplatePicker } from './template-picker.tsx';
import { TryPanel } from './try-panel.tsx';
import { WORDS } from './words.ts';

export function NewJobPage(): JSX.Element {
  const { api, session } = useApp();
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const words = useWords(WORDS);
  createTitle(
    () => words().title,
    () => words().description,
  );
  const templates = listTemplates();
  const asked = search.template;
  const state = createDraftState(templates, typeof asked === 'string' ? asked : undefined);
  const preview = () => {
    const template = templates.find(({ id }) => id === state.draft().source);
    return template?.view.kind === 'picture' ? (template.grids[0] ?? null) : null;
  };
  let form!: HTMLDivElement;

  const refuse = (fault: FaultBody): void => {
    state.refuse(fault);
    // The first refused field comes into view and takes the focus.
    requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  };
  /** The spec as it stands; null when it was refused, which is then said at its field. */
  const prepare = async (): Promise<JobSpec | null> => {
    state.refuse(null);
    try {
      await session.ensure();
      return await makeSpec(api, state.draft(), templates);
    } catch (error) {
      refuse(describeFault(error));
      return null;
    }
  };
  /** A template's comparison is its own. */
  const suggest = () =>
    state.draft().source === 'blank'
      ? (output: string, comparison: Comparison): void => {
          try {
            state.change({ shape: putComparison(state.draft().shape, output, comparison) });
          } catch (error) {
            refuse(describeFault(error));
          }
        }
      : null;
  const submitted = (id: number): void => {
    state.clear();
    navigate(`/jobs/${id}`);
  };
  return (
    <>
      <PageHead title={words().title} lead={words().lead} />
      <div class="new-job">
        <div class="form" ref={form}>
          <TemplatePicker templates={templates} value={state.draft().source} onChange={state.choose} />
          <DraftForm state={state} />
        </div>
        <div class="side">
          <TryPanel draft={state.draft} preview={preview()} prepare={prepare} onRefusal={refuse} onSuggest={suggest()} />
          <QuotePanel draft={state.draft} prepare={prepare} onRefusal={refuse} onSubmitted={submitted} onSuggest={suggest()} />
          <Refusal sentence={state.refusalOf('form')} />
        </div>
      </div>
    </>
  );
}

function DraftForm(props: { readonly state: DraftState }): JSX.Element {
  const words = useWords(WORDS);
  const templates = listTemplates();
  const draft = () => props.state.draft();
  const template = () => templates.find(({ id }) => id === draft().source);
  return (
    <>
      <div class="card stack">
        <Field label={words().form.title} refusal={props.state.refusalOf('title')}>
          {(field) => (
            <input
              id={field.id}
              class="input"
              maxlength="120"
              aria-invalid={field.isInvalid}
              aria-describedby={field.describedBy}
              value={draft().title}
              onInput={(event) => props.state.change({ title: event.currentTarget.value })}
            />
          )}
        </Field>
        <Field label={words().form.purpose} hint={words().form.purposeHint} refusal={props.state.refusalOf('description')}>
          {(field) => (
            <textarea
              id={field.id}
              class="textarea"
              maxlength="2000"
              aria-invalid={field.isInvalid}
              aria-describedby={field.describedBy}
              value={draft().description}
              onInput={(event) => props.state.change({ description: event.currentTarget.value })}
            />
          )}
        </Field>
      </div>
      <Show when={template()} keyed>
        {(one) => (
          <section class="card" aria-labelledby="parameters">
            <h2 id="parameters">{words().form.parameters}</h2>
            <ParameterForm
              controls={one.controls}
              values={draft().parameters}
              refusal={refusedParameter(props.state)}
              onChange={(parameter, value) => props.state.change({ parameters: { ...draft().parameters, [parameter]: value } })}
            />
            <Show when={refusedParameter(props.state)?.parameter === null}>
              <Refusal sentence={props.state.refusalOf('parameters')} />
            </Show>
          </section>
        )}
      </Show>
      <section class="card" aria-labelledby="plan">
        <h2 id="plan">{words().plan.title}</h2>
        <PlanFields draft={draft()} grids={template()?.grids ?? []} refusalOf={props.state.refusalOf} onChange={props.state.change} />
      </section>
      <ProgramSection state={props.state} />
      <Show when={draft().source === 'blank'}>
        <InputCard state={props.state} />
      </Show>
    </>
  );
}

function refusedParameter(state: DraftState): { readonly parameter: string | null; readonly sentence: string } | null {
  const sentence = state.refusalOf('parameters');
  if (sentence === null) return null;
  const { parameter, field } = state.refusal()?.facts ?? {};
  const named = /parameters\.(\w+)/.exec(String(field ?? ''))?.[1] ?? parameter;
  return { parameter: typeof named === 'string' ? named : null, sentence };
}

/** An input that has no row, because its digest is none, is told where it was typed. */
function refusedShape(state: DraftState): string | null {
  const refused = state.refusalOf('inputs');
  const fault = state.refusal();
  if (refused === null || fault === null) return state.refusalOf('shape');
  const hasRow = readInputs(state.draft().shape)?.some(({ name }) => name === findInput(fault));
  return hasRow ? null : refused;
}

function ProgramSection(props: { readonly state: DraftState }): JSX.Element {
  const words = useWords(WORDS);
  const draft = () => props.state.draft();
  const [isOpen, setOpen] = createSignal(draft().source === 'blank' || draft().wgsl !== null);
  const [original] = createResource(
    () => draft().source,
    (source) => (source === 'blank' ? '' : loadProgramText(source)),
  );
  // A refusal of the program opens it: a sentence about something hidden helps nobody.
  createEffect(
    on([() => draft().source, () => props.state.refusalOf('wgsl')], ([source, sentence]) => {
      if (source === 'blank' || sentence !== null) setOpen(true);
    }),
  );
  const text = () => draft().wgsl ?? original.latest ?? '';
  return (
    <details class="card" open={isOpen()} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {words().program.title}{' '}
        <Show when={draft().wgsl !== null && draft().source !== 'blank'} fallback={<span>{words().program.inWgsl}</span>}>
          <span class="badge" data-tone="live">
            {words().program.changed}
          </span>
        </Show>
      </summary>
      <div class="stack program">
        <ProgramEditor
          label="WGSL"
          value={text()}
          refusal={props.state.refusalOf('wgsl')}
          onChange={(wgsl) => props.state.change({ wgsl: wgsl === original.latest ? null : wgsl })}
        />
        <Show when={draft().source !== 'blank' && draft().wgsl !== null}>
          <button type="button" class="button is-small" onClick={() => props.state.change({ wgsl: null })}>
            {words().program.back}
          </button>
        </Show>
        <Show when={draft().source === 'blank'}>
          <Field label={words().program.shape} hint={words().program.shapeHint} refusal={refusedShape(props.state)}>
            {(field) => (
              <textarea
                id={field.id}
                class="textarea code shape"
                spellcheck={false}
                aria-invalid={field.isInvalid}
                aria-describedby={field.describedBy}
                value={draft().shape}
                onInput={(event) => props.state.change({ shape: event.currentTarget.value })}
              />
            )}
          </Field>
        </Show>
      </div>
    </details>
  );
}
