// The figures of now as they flow: a stream while the page is seen, tried again when it breaks, the last figures kept with their time.
import { type Accessor, createSignal, onCleanup } from 'solid-js';
import type { Api } from '../../../account/create-api.ts';
import type { NetworkLive } from '../../../protocol/api-network.ts';
import type { FaultBody } from '../../../protocol/fault.ts';
import { createEventParser } from '../../../requester/parse-events.ts';
import { describeFault } from '../../state/describe-fault.ts';

export interface LiveFigures {
  readonly live: Accessor<NetworkLive | null>;
  /** When they came; null before the first. */
  readonly heardAtMs: Accessor<number | null>;
  readonly isFlowing: Accessor<boolean>;
  /** Why nothing flows. */
  readonly fault: Accessor<FaultBody | null>;
  retry(): void;
}

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 15_000;

export function createLiveFigures(api: Api): LiveFigures {
  const [live, setLive] = createSignal<NetworkLive | null>(null);
  const [heardAtMs, setHeardAtMs] = createSignal<number | null>(null);
  const [isFlowing, setFlowing] = createSignal(false);
  const [fault, setFault] = createSignal<FaultBody | null>(null);
  let stream: AbortController | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;

  const hear = (data: string): void => {
    setLive(JSON.parse(data) as NetworkLive);
    setHeardAtMs(Date.now());
    setFlowing(true);
    setFault(null);
    failures = 0;
  };
  const follow = async (signal: AbortSignal): Promise<void> => {
    try {
      await readStream(api, signal, hear);
      failures += 1;
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      setFault(describeFault(error));
    }
    if (signal.aborted) return;
    setFlowing(false);
    timer = setTimeout(begin, Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1)));
  };
  const end = (): void => {
    clearTimeout(timer);
    stream?.abort();
    stream = null;
    setFlowing(false);
  };
  function begin(): void {
    end();
    if (document.visibilityState === 'hidden') return;
    stream = new AbortController();
    void follow(stream.signal);
  }
  document.addEventListener('visibilitychange', begin);
  addEventListener('online', begin);
  onCleanup(() => {
    document.removeEventListener('visibilitychange', begin);
    removeEventListener('online', begin);
    end();
  });
  begin();
  return { live, heardAtMs, isFlowing, fault, retry: begin };
}

/** Resolves when the other side closes the stream. */
async function readStream(api: Api, signal: AbortSignal, onData: (data: string) => void): Promise<void> {
  const response = await api.send('/api/network/live/events', { headers: { Accept: 'text/event-stream' }, signal });
  const reader = response.body!.getReader();
  signal.addEventListener('abort', () => void reader.cancel().catch(() => undefined));
  const decoder = new TextDecoder();
  const parse = createEventParser(onData);
  for (let part = await reader.read(); !part.done; part = await reader.read()) parse(decoder.decode(part.value, { stream: true }));
}
