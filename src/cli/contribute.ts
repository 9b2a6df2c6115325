// `npm run contribute -- --url …`: lends this machine's cores to a coordinator until it is told to stop.
import { availableParallelism } from 'node:os';
import { systemClock } from '../contributor/clock.ts';
import { createEnginePool } from '../contributor/create-engine-pool.ts';
import type { ContributorSnapshot } from '../contributor/state.ts';
import { CONTRIBUTE_FLAGS, type ContributeOptions, parseContributeOptions } from './contribute-options.ts';
import { createHeadlessContributor } from './create-headless-contributor.ts';
import { createFileRuleKeeper } from './file-rule-keeper.ts';
import { createFileStore } from './file-store.ts';
import { loadKeyFile } from './key-file.ts';
import { makeHelp } from './parse-options.ts';
import { createReporter } from './report-progress.ts';
import { isStarted, runCommand } from './run-command.ts';
import { spawnEngineThread } from './spawn-engine-thread.ts';

const SUMMARY = 'Computes shards for others and earns credit for those that are verified.';

async function contribute(argv: readonly string[]): Promise<number> {
  const options = parseContributeOptions(argv, availableParallelism());
  if (options === null) {
    console.log(makeHelp('contribute', SUMMARY, CONTRIBUTE_FLAGS));
    return 0;
  }
  return await runUntilStopped(options);
}

/** Resolves with the exit code: 0 when told to stop, 1 when the coordinator refuses this contributor for good. */
async function runUntilStopped(options: ContributeOptions): Promise<number> {
  const reporter = createReporter(options.name);
  let refuse = (): void => {};
  const refused = new Promise<number>((resolve) => {
    refuse = () => resolve(1);
  });
  const contributor = createHeadlessContributor({
    url: options.url,
    key: await loadKeyFile(options.keyFile),
    store: await createFileStore(options.dataFolder),
    keeper: createFileRuleKeeper(options.dataFolder),
    pool: createEnginePool({ spawn: spawnEngineThread, clock: systemClock }),
    settings: options.settings,
    build: 'headless',
    onSnapshot(snapshot: ContributorSnapshot) {
      for (const line of reporter.report(snapshot, systemClock.nowMs())) console.log(line);
      if (snapshot.state.kind === 'stopped') refuse();
    },
  });
  contributor.start();
  const code = await Promise.race([refused, toldToStop()]);
  await contributor.destroy();
  return code;
}

/** By a signal, or by the going of the process that forked this one. */
function toldToStop(): Promise<number> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(0));
    if (process.channel) process.once('disconnect', () => resolve(0));
  });
}

if (isStarted(import.meta.filename)) {
  await runCommand(() => contribute(process.argv.slice(2)));
  // A forked process is kept alive by its channel, and a killed engine by nothing else.
  process.exit();
}
