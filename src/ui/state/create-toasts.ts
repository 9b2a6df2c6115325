// Short messages that come and go, read out politely and at most a few at a time.
import { type Accessor, createSignal } from 'solid-js';

export interface Toast {
  readonly id: number;
  readonly sentence: string;
}

export interface Toasts {
  readonly list: Accessor<readonly Toast[]>;
  show(sentence: string): void;
  dismiss(id: number): void;
}

const MAX_TOASTS = 3;
/** Long enough to read two sentences aloud. */
const TOAST_MS = 8_000;

export function createToasts(later: (run: () => void, delayMs: number) => void): Toasts {
  const [list, setList] = createSignal<readonly Toast[]>([]);
  let next = 1;
  const dismiss = (id: number): void => void setList((toasts) => toasts.filter((toast) => toast.id !== id));
  return {
    list,
    dismiss,
    show(sentence) {
      if (list().some((toast) => toast.sentence === sentence)) return;
      const id = next++;
      setList((toasts) => [...toasts, { id, sentence }].slice(-MAX_TOASTS));
      later(() => dismiss(id), TOAST_MS);
    },
  };
}
