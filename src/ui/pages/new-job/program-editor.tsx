// A plain editor for WGSL: a text area with line numbers in which the tab key indents.
import { createMemo, createUniqueId, type JSX } from 'solid-js';
import { useWords } from '../../state/words.ts';
import { Refusal } from './field.tsx';
import { indent } from './indent.ts';
import { WORDS } from './words.ts';

export function ProgramEditor(props: {
  readonly label: string;
  readonly value: string;
  readonly refusal: string | null;
  readonly onChange: (text: string) => void;
}): JSX.Element {
  const words = useWords(WORDS);
  const id = createUniqueId();
  let numbers!: HTMLPreElement;
  /** After Escape the tab key moves on, so that nobody is caught in the field. */
  let isLeaving = false;
  const lines = createMemo(() => Array.from({ length: props.value.split('\n').length }, (_, index) => index + 1).join('\n'));
  const onKeyDown = (event: KeyboardEvent & { currentTarget: HTMLTextAreaElement }): void => {
    if (event.key === 'Escape') isLeaving = true;
    if (event.key !== 'Tab' || isLeaving) {
      if (event.key !== 'Escape') isLeaving = false;
      return;
    }
    event.preventDefault();
    const area = event.currentTarget;
    const next = indent({ text: area.value, start: area.selectionStart, end: area.selectionEnd }, event.shiftKey);
    area.value = next.text;
    area.setSelectionRange(next.start, next.end);
    props.onChange(next.text);
  };
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <div class="editor">
        <pre ref={numbers} aria-hidden="true">
          {lines()}
        </pre>
        <textarea
          id={id}
          class="code"
          spellcheck={false}
          autocapitalize="off"
          autocomplete="off"
          wrap="off"
          aria-invalid={props.refusal ? 'true' : undefined}
          aria-describedby={`${id}-hint ${id}-refusal`}
          value={props.value}
          onInput={(event) => props.onChange(event.currentTarget.value)}
          onScroll={(event) => {
            numbers.scrollTop = event.currentTarget.scrollTop;
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <span class="hint" id={`${id}-hint`}>
        {words().program.editorHint}
      </span>
      <Refusal id={`${id}-refusal`} sentence={props.refusal} />
    </div>
  );
}
