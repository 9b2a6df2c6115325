// Keeps the rules' state of a headless contributor in a file of its data folder: the bytes of the day outlive a restart.
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RuleKeeper } from '../contributor/watch-rules.ts';

export function createFileRuleKeeper(folder: string): RuleKeeper {
  const file = join(folder, 'rules.json');
  let writing: Promise<void> = Promise.resolve();
  return {
    async read() {
      return JSON.parse(await readFile(file, 'utf8'));
    },
    write(kept) {
      const write = async (): Promise<void> => {
        // Renamed, so that a kill leaves the old or the new one and never half.
        await writeFile(`${file}.new`, JSON.stringify(kept), { mode: 0o600 });
        await rename(`${file}.new`, file);
      };
      writing = writing.catch(() => undefined).then(write);
      return writing;
    },
  };
}
