// One input that is still to come: the binding's name, the button that chooses its file, and the upload while it runs.
import { createEffect, createSignal, createUniqueId, type JSX, on, onCleanup, onMount, Show } from 'solid-js';
import type { FaultBody } from '../../../protocol/fault.ts';
import { describeFault } from '../../state/describe-fault.ts';
import { formatBytes } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import { Field, Refusal } from './field.tsx';
import { WORDS } from './words.ts';

interface InputPickerProps {
  /** What the program calls it; empty: typed by hand. */
  readonly name: string;
  /** Throws what is wrong. */
  readonly onFile: (name: string, file: File, signal: AbortSignal) => Promise<void>;
  readonly onAdded: (name: string) => void;
  /** Null for a row that the program asks for. */
  readonly onClose: (() => void) | null;
}

/** The file under way, and why the last one was refused. */
function createUpload(props: InputPickerProps) {
  const [file, setFile] = createSignal<File | null>(null);
  const [refusal, setRefusal] = createSignal<FaultBody | null>(null);
  let controller = new AbortController();
  onCleanup(() => controller.abort());
  const send = async (name: string, chosen: File): Promise<void> => {
    controller = new AbortController();
    const { signal } = controller;
    setRefusal(null);
    setFile(chosen);
    try {
      await props.onFile(name, chosen, signal);
      props.onAdded(name);
    } catch (error) {
      if (!signal.aborted) setRefusal(describeFault(error));
    } finally {
      setFile(null);
    }
  };
  return { file, refusal, send, stop: () => controller.abort() };
}

export function InputPicker(props: InputPickerProps): JSX.Element {
  const words = useWords(WORDS);
  const { file, refusal, send, stop } = createUpload(props);
  const [name, setName] = createSignal(props.name);
  const refusalAt = (field: 'name' | 'file') =>
    (refusal()?.facts?.field === 'name') === (field === 'name') ? (refusal()?.sentence ?? null) : null;
  const refusalId = createUniqueId();
  let row!: HTMLLIElement;
  let nameField!: HTMLInputElement;
  const choose = (one: File): void => void send(name(), one);
  // The button that had the focus gives way to another with every step of an upload.
  createEffect(
    on(
      file,
      () =>
        requestAnimationFrame(() => {
          if (document.activeElement === document.body)
            row.querySelector<HTMLElement>('[aria-invalid="true"], .what input, .button')?.focus();
        }),
      { defer: true },
    ),
  );
  onMount(() => {
    if (props.onClose) nameField.focus();
  });
  return (
    <li class="input-row" ref={row}>
      <Field label={words().inputs.binding} refusal={refusalAt('name')}>
        {(field) => (
          <input
            ref={nameField}
            id={field.id}
            class="input mono"
            spellcheck={false}
            autocapitalize="off"
            autocomplete="off"
            readonly={file() !== null}
            aria-invalid={field.isInvalid}
            aria-describedby={field.describedBy}
            value={name()}
            onInput={(event) => setName(event.currentTarget.value.trim())}
          />
        )}
      </Field>
      <div class="what">
        <Show when={file()} fallback={<FileButton name={name()} refusalId={refusalAt('file') ? refusalId : undefined} onChoose={choose} />}>
          {(one) => (
            <>
              <span class="name">{one().name}</span>
              <span class="muted number" role="status">
                {words().inputs.uploading(formatBytes(one().size))}
              </span>
            </>
          )}
        </Show>
      </div>
      <Show when={file()} fallback={<CloseButton onClose={props.onClose} />}>
        <button type="button" class="button is-small is-quiet" onClick={stop}>
          {words().inputs.stop}
        </button>
      </Show>
      <Refusal id={refusalId} sentence={refusalAt('file')} />
    </li>
  );
}

function CloseButton(props: { readonly onClose: (() => void) | null }): JSX.Element {
  const words = useWords(WORDS);
  return (
    <Show when={props.onClose}>
      {(close) => (
        <button type="button" class="button is-small is-quiet" onClick={() => close()()}>
          {words().inputs.notNow}
        </button>
      )}
    </Show>
  );
}

function FileButton(props: {
  readonly name: string;
  /** Of the sentence that refuses the last file. */
  readonly refusalId: string | undefined;
  readonly onChoose: (file: File) => void;
}): JSX.Element {
  const words = useWords(WORDS);
  const choose = (field: HTMLInputElement): void => {
    const [file] = field.files ?? [];
    if (file) props.onChoose(file);
    // The same file again is a choice, too.
    field.value = '';
  };
  return (
    <label class="button is-small choose">
      {words().inputs.choose}
      <span class="sr">{words().inputs.chooseFor(props.name || words().inputs.anInput)}</span>
      <input
        type="file"
        aria-invalid={props.refusalId ? 'true' : undefined}
        aria-describedby={props.refusalId}
        onChange={(event) => choose(event.currentTarget)}
      />
    </label>
  );
}
