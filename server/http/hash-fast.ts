// SHA-256 by the platform: about ten times as fast as the portable one, which matters at 64 MiB.
import { createHash } from 'node:crypto';
import type { HashFunction } from '../../src/protocol/sha256.ts';

export const hashFast: HashFunction = (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest());
