// `npm run import -- --from DIR`: an export becomes a coordinator's database and data folder.
import { readConfig } from './config.ts';
import { importEverything } from './import-everything.ts';
import { runOperatorCommand } from './run-operator-command.ts';

const HELP = `npm run import -- --from DIR [settings of the coordinator]

Loads an export into the database that DATABASE_URL names (or a new embedded one) and into DATA_DIR. Both must hold nothing
of a coordinator yet. All of it is checked first; when anything is wrong, nothing is imported.`;

await runOperatorCommand({ help: HELP, flags: ['--from'], switches: [] }, async ({ values, rest }, say) => {
  const startedMs = Date.now();
  const manifest = await importEverything({ config: readConfig(rest), from: values.get('--from')!, say });
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
  say(`Imported ${rows} rows and ${manifest.blobs.files} blobs in ${((Date.now() - startedMs) / 1_000).toFixed(1)} s.`);
  say('Devices and people sign in anew, by themselves where they use a key. The old coordinator must not be started again.');
});
