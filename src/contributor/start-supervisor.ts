// Starts the supervisor worker from the page and lends it what only a page has: WebRTC.
import { proxy, type Remote, transfer, wrap } from 'comlink';
import { openPeerChannel } from '../transport/peer.ts';
import { bridgeChannel } from '../transport/port.ts';
import type { PeerRequest } from './open-coordinator.ts';
import type { ContributorSnapshot, LatestOutput } from './state.ts';
import type { SupervisorApi, SupervisorOptions } from './supervisor.ts';

export interface Supervisor {
  readonly api: Remote<SupervisorApi>;
  /** Rejects when the worker cannot be loaded. */
  readonly ready: Promise<void>;
  terminate(): void;
}

export interface SupervisorListener {
  onSnapshot(snapshot: ContributorSnapshot): void;
  onOutput(output: LatestOutput): void;
  /** The worker itself failed. */
  onCrash(sentence: string): void;
}

export function startSupervisor(options: SupervisorOptions, listener: SupervisorListener): Supervisor {
  const worker = new Worker(new URL('./supervisor.ts', import.meta.url), { type: 'module', name: 'ostraka-supervisor' });
  const api = wrap<SupervisorApi>(worker);
  const stops = new Set<(why?: string) => void>();
  worker.onerror = (event) => listener.onCrash(event.message || 'The contributor could not be loaded; reload the page.');
  const openPeer = async (request: PeerRequest): Promise<MessagePort> => {
    const channel = await openPeerChannel(request);
    const { port1, port2 } = new MessageChannel();
    const stop = bridgeChannel(channel, port1);
    stops.clear();
    stops.add(stop);
    return transfer(port2, [port2]);
  };
  const ready = api.open(options, proxy(listener.onSnapshot), proxy(listener.onOutput), proxy(openPeer));
  return {
    api,
    ready,
    terminate() {
      for (const stop of stops) stop('the contributor was stopped');
      worker.terminate();
    },
  };
}
