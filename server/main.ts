// Starts the coordinator and stops it again: the process's side of it.
import { Fault } from '../src/protocol/fault.ts';
import { readConfig } from './config.ts';
import { startCoordinator } from './start-coordinator.ts';

/** A second signal this soon is the first one again; a later one ends the process at once. */
const REPEATED_SIGNAL_MS = 1_000;

try {
  const coordinator = await startCoordinator(readConfig());
  process.stdout.write(`\n  Ostraka is open at ${coordinator.url}\n\n`);
  process.send?.({ type: 'ready', url: coordinator.url });
  let stoppedAtMs: number | null = null;
  const stop = async () => {
    if (stoppedAtMs !== null) {
      // a terminal's Ctrl-C arrives twice where npm passes it on
      if (performance.now() - stoppedAtMs > REPEATED_SIGNAL_MS) process.exit(1);
      return;
    }
    stoppedAtMs = performance.now();
    const isClean = await coordinator.stop().catch((cause: unknown) => {
      process.stderr.write(`${String(cause)}\n`);
      return false;
    });
    process.exit(isClean ? 0 : 1);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop());
  // the process that forked this one is gone
  process.on('disconnect', () => void stop());
} catch (cause) {
  if (!(cause instanceof Fault)) throw cause;
  process.stderr.write(`${cause.message}\n`);
  process.exit(1);
}
