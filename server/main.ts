// Starts the coordinator and stops it again: the process's side of it.
import { Fault } from '../src/protocol/fault.ts';
import { readConfig } from './config.ts';
import { startCoordinator } from './start-coordinator.ts';

try {
  const coordinator = await startCoordinator(readConfig());
  process.stdout.write(`\n  Ostraka is open at ${coordinator.url}\n\n`);
  process.send?.({ type: 'ready', url: coordinator.url });
  let isStopping = false;
  const stop = async () => {
    if (isStopping) return;
    isStopping = true;
    await coordinator.stop();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop());
  // the process that forked this one is gone
  process.on('disconnect', () => void stop());
} catch (cause) {
  if (!(cause instanceof Fault)) throw cause;
  process.stderr.write(`${cause.message}\n`);
  process.exit(1);
}
