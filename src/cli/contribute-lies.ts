// A contributor that lies on purpose, for a coordinator in demo mode to be seen outvoting it: it computes honestly, then spoils every answer.
import { availableParallelism } from 'node:os';
import { systemClock } from '../contributor/clock.ts';
import { createEnginePool } from '../contributor/create-engine-pool.ts';
import type { EnginePool } from '../contributor/engine-pool.ts';
import { parseContributeOptions } from './contribute-options.ts';
import { createHeadlessContributor } from './create-headless-contributor.ts';
import { createFileStore } from './file-store.ts';
import { loadKeyFile } from './key-file.ts';
import { runCommand } from './run-command.ts';
import { spawnEngineThread } from './spawn-engine-thread.ts';

/** Every third byte: nothing that any tolerance forgives. */
const SPOIL_EVERY = 3;
const SPOIL = 0x5a;

function makeLiar(pool: EnginePool): EnginePool {
  const run = pool.run.bind(pool);
  pool.run = (request) => {
    const honest = run(request);
    const report = honest.report.then((told) => {
      if (told.kind === 'done')
        for (const { bytes } of told.outputs) for (let i = 0; i < bytes.length; i += SPOIL_EVERY) bytes[i]! ^= SPOIL;
      return told;
    });
    return { report, stop: () => honest.stop() };
  };
  return pool;
}

/** Only the coordinator that forked it is lied to: it ends with it, and has no other address. */
async function contributeLies(argv: readonly string[]): Promise<number> {
  const { channel } = process;
  if (!channel) throw new Error('This is started by a coordinator in demo mode and by nothing else.');
  const options = parseContributeOptions(argv, availableParallelism());
  if (options === null) return 0;
  const contributor = createHeadlessContributor({
    url: options.url,
    key: await loadKeyFile(options.keyFile),
    store: await createFileStore(options.dataFolder),
    pool: makeLiar(createEnginePool({ spawn: spawnEngineThread, clock: systemClock })),
    settings: options.settings,
    build: 'headless',
    onSnapshot: () => {},
  });
  contributor.start();
  await new Promise<void>((resolve) => {
    process.once('disconnect', resolve);
    process.once('SIGTERM', resolve);
  });
  await contributor.destroy();
  return 0;
}

await runCommand(() => contributeLies(process.argv.slice(2)));
process.exit();
