// `npm run kill`: a loaded network of real processes, killed with kill -9 again and again; nothing that anyone was told may be lost or doubled.
import { rmSync } from 'node:fs';
import { makeHelp } from '../src/cli/parse-options.ts';
import { Fault } from '../src/protocol/fault.ts';
import type { KillNetwork } from './kill/network.ts';
import { KILL_FLAGS, type KillOptions, parseKillOptions } from './kill/options.ts';
import { isHandedOutInTime, makeReport, makeSummary } from './kill/report.ts';
import { runKills } from './kill/run-kills.ts';
import { makeTestFolder } from './support/start-database.ts';

const SUMMARY = 'Kills the coordinator, PostgreSQL, both, or a third of the contributors in mid-shard, and checks what everyone was told.';
/** Twelve contributors, and enough shards for all of them. */
const SIZE = { processes: 6, contributorsEach: 2 };
const JOBS_IN_PLAY = 4;

async function kill(options: KillOptions): Promise<number> {
  const folder = makeTestFolder();
  let network: KillNetwork | null = null;
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void Promise.resolve(network?.abandon()).finally(() => process.exit(130)));
  console.log(
    `Seed ${options.seed}, ${options.rounds} rounds, ${SIZE.processes * SIZE.contributorsEach} contributors in ${SIZE.processes} processes; data in ${folder}.`,
  );
  const outcome = await runKills({
    folder,
    seed: options.seed,
    rounds: options.rounds,
    only: options.only,
    maxMs: options.minutes * 60_000,
    size: SIZE,
    jobsInPlay: JOBS_IN_PLAY,
    jobSize: 1,
    say: (line) => console.log(line),
    onNetwork: (opened) => {
      network = opened;
    },
  });
  const isSound = outcome.violations.length === 0;
  for (const line of makeReport(outcome)) console.log(line);
  const code = isSound && isHandedOutInTime(outcome) ? 0 : 1;
  if (code === 0 && !options.isKept) rmSync(folder, { recursive: true, force: true });
  else console.log(`The data, the logs and what everyone was told are kept in ${folder}.`);
  console.log(makeSummary(outcome));
  return code;
}

try {
  const options = parseKillOptions(process.argv.slice(2));
  if (options === null) console.log(makeHelp('kill', SUMMARY, KILL_FLAGS));
  process.exit(options === null ? 0 : await kill(options));
} catch (cause) {
  console.error(cause instanceof Fault ? cause.message : cause);
  process.exit(1);
}
