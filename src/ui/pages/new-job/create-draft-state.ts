// The draft under the form: what is in it, what was refused, and that it is kept.
import { type Accessor, createEffect, createSignal, on } from 'solid-js';
import type { FaultBody } from '../../../protocol/fault.ts';
import type { Template } from '../../../requester/list-templates.ts';
import { forget, recall, remember } from '../../state/remember.ts';
import { type Draft, makeDraft, parseDraft, type SourceId } from './draft.ts';
import { type FormField, findField } from './find-field.ts';

export interface DraftState {
  readonly draft: Accessor<Draft>;
  readonly refusal: Accessor<FaultBody | null>;
  /** The sentence that belongs at a field, or null. */
  refusalOf(field: FormField): string | null;
  change(part: Partial<Draft>): void;
  choose(source: SourceId): void;
  refuse(fault: FaultBody | null): void;
  clear(): void;
}

const KEY = 'draft';

export function createDraftState(templates: readonly Template[], asked: string | undefined): DraftState {
  const isSource = (id: string | undefined): id is SourceId => id === 'blank' || templates.some((template) => template.id === id);
  const kept = recall(KEY, (value) => parseDraft(value, templates));
  const first =
    isSource(asked) && kept?.source !== asked ? makeDraft(asked, templates) : (kept ?? makeDraft(templates[0]?.id ?? 'blank', templates));
  const [draft, setDraft] = createSignal<Draft>(first);
  const [refusal, setRefusal] = createSignal<FaultBody | null>(null);
  createEffect(on(draft, (now) => remember(KEY, now), { defer: true }));
  return {
    draft,
    refusal,
    refusalOf(field) {
      const fault = refusal();
      return fault && findField(fault, draft().source === 'blank') === field ? fault.sentence : null;
    },
    change(part) {
      setDraft((now) => ({ ...now, ...part }));
    },
    choose(source) {
      setRefusal(null);
      setDraft(makeDraft(source, templates));
    },
    refuse: setRefusal,
    clear: () => forget(KEY),
  };
}
