// `npm run export -- --to DIR`: everything into one folder, while the coordinator runs or not.

import { BUILD } from './build.ts';
import { readConfig } from './config.ts';
import { exportEverything } from './export-everything.ts';
import { runOperatorCommand } from './run-operator-command.ts';

const HELP = `npm run export -- --to DIR [--despite-damage] [settings of the coordinator]

Writes all tables, blobs and keys into a new folder DIR. The coordinator may go on meanwhile. The folder holds the
coordinator's keys: keep it as safe as DATA_DIR. DATABASE_URL and DATA_DIR must be those of the coordinator.`;

await runOperatorCommand({ help: HELP, flags: ['--to'], switches: ['--despite-damage'] }, async ({ values, isOn, rest }, say) => {
  const to = values.get('--to')!;
  const startedMs = Date.now();
  const manifest = await exportEverything({
    config: readConfig(rest),
    to,
    isDamageAllowed: isOn('--despite-damage'),
    build: BUILD,
    nowMs: Date.now,
    say,
  });
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
  const { collected, damaged } = manifest.blobsLeftOut;
  if (collected.length > 0) say(`${collected.length} blobs were collected meanwhile: nothing named them any more.`);
  if (damaged.length > 0) say(`${damaged.length} blobs are damaged or gone and were left out; ${to}/manifest.json names them.`);
  say(`${to} is complete: ${rows} rows and ${manifest.blobs.files} blobs in ${((Date.now() - startedMs) / 1_000).toFixed(1)} s.`);
});
