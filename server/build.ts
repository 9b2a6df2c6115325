// Which version of Ostraka this is, as package.json says.
import { readFileSync } from 'node:fs';

const FILE = new URL('../package.json', import.meta.url);
export const BUILD = (JSON.parse(readFileSync(FILE, 'utf8')) as { readonly version: string }).version;
