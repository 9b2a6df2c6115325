// Makes the library links that the package's postinstall would have made, for installs that ran no scripts.
import { lstat, readFile, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

interface LibraryLink {
  readonly source: string;
  readonly target: string;
}

/** Links of a `native` folder that do not stand yet; none on platforms that ship no list. */
async function listMissingLinks(folder: string): Promise<readonly LibraryLink[]> {
  const text = await readFile(join(folder, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const missing: LibraryLink[] = [];
  for (const link of JSON.parse(text) as readonly LibraryLink[]) {
    const stands = await lstat(join(dirname(folder), link.target)).catch(() => null);
    if (!stands) missing.push(link);
  }
  return missing;
}

/** True when every link stands afterwards; false where the folder may not be written (the caller then works on a copy). */
export async function linkLibraries(folder: string): Promise<boolean> {
  for (const { source, target } of await listMissingLinks(folder)) {
    try {
      await symlink(basename(source), join(dirname(folder), target));
    } catch (fault) {
      if ((fault as NodeJS.ErrnoException).code !== 'EEXIST') return false;
    }
  }
  return true;
}
