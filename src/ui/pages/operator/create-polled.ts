// Something read again and again while the page is seen; what was read last stays while the coordinator is away.
import { type Accessor, createEffect, createSignal, on, onCleanup } from 'solid-js';
import type { FaultBody } from '../../../protocol/fault.ts';
import { useApp } from '../../state/app-context.ts';
import { describeFault } from '../../state/describe-fault.ts';

export interface Polled<Value> {
  readonly value: Accessor<Value | null>;
  readonly fault: Accessor<FaultBody | null>;
  readonly heardAtMs: Accessor<number | null>;
  refresh(): void;
}

/** Another path is read at once; the value before it is forgotten where `isForgetful`. */
export function createPolled<Value>(path: () => string, everyMs: number, isForgetful = false): Polled<Value> {
  const { api } = useApp();
  const [value, setValue] = createSignal<Value | null>(null);
  const [fault, setFault] = createSignal<FaultBody | null>(null);
  const [heardAtMs, setHeardAtMs] = createSignal<number | null>(null);
  let stop = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const load = async (signal: AbortSignal): Promise<void> => {
    try {
      const read = await api.readJson<Value>(path(), { signal });
      if (signal.aborted) return;
      setValue(() => read);
      setHeardAtMs(Date.now());
      setFault(null);
    } catch (error) {
      if (!signal.aborted) setFault(describeFault(error));
    }
    if (!signal.aborted) timer = setTimeout(look, everyMs);
  };
  function look(): void {
    if (document.visibilityState === 'visible') void load(stop.signal);
    else timer = setTimeout(look, everyMs);
  }
  const refresh = (): void => {
    stop.abort();
    clearTimeout(timer);
    stop = new AbortController();
    void load(stop.signal);
  };
  createEffect(
    on(path, () => {
      if (isForgetful) setValue(null);
      refresh();
    }),
  );
  onCleanup(() => {
    stop.abort();
    clearTimeout(timer);
  });
  return { value, fault, heardAtMs, refresh };
}
