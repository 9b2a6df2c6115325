/** Lets waiting events in between two calls, without the 4 ms that a nested timeout costs in browsers. */

interface Yielding {
  readonly setImmediate?: (done: () => void) => unknown;
  readonly scheduler?: { readonly yield?: () => Promise<void> };
}

export function yieldToEvents(): Promise<void> {
  const host = globalThis as Yielding;
  if (host.setImmediate !== undefined) return new Promise((resolve) => host.setImmediate?.(resolve));
  if (host.scheduler?.yield !== undefined) return host.scheduler.yield();
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
