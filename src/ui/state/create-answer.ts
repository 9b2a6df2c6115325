// An answer of the coordinator as a page shows it: being loaded, failed with its reason, or there; it can be asked for again.
import { type Accessor, createSignal, onCleanup } from 'solid-js';
import type { FaultBody } from '../../protocol/fault.ts';
import { describeFault } from './describe-fault.ts';

export interface Answer<Value> {
  /** Null until the first has come; what is known stays while it is asked for again. */
  readonly value: Accessor<Value | null>;
  readonly fault: Accessor<FaultBody | null>;
  load(): void;
  set(value: Value): void;
}

export function createAnswer<Value>(ask: (signal: AbortSignal) => Promise<Value>): Answer<Value> {
  const [value, setValue] = createSignal<Value | null>(null);
  const [fault, setFault] = createSignal<FaultBody | null>(null);
  let stop = new AbortController();
  const load = async (): Promise<void> => {
    stop.abort();
    const mine = new AbortController();
    stop = mine;
    try {
      const answer = await ask(mine.signal);
      if (mine.signal.aborted) return;
      setValue(() => answer);
      setFault(null);
    } catch (error) {
      if (!mine.signal.aborted) setFault(describeFault(error));
    }
  };
  onCleanup(() => stop.abort());
  void load();
  return { value, fault, load: () => void load(), set: (next) => void setValue(() => next) };
}
