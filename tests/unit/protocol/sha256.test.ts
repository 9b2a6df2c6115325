// Hexadecimal text and bytes, there and back, and the portable hash against Node's.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, sha256, toHex } from '../../../src/protocol/sha256.ts';

describe('hexadecimal text', () => {
  it('is what Node writes, and comes back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const text = toHex(bytes);
        expect(text).toBe(Buffer.from(bytes).toString('hex'));
        expect(fromHex(text)).toEqual(bytes);
        expect(fromHex(text.toUpperCase())).toEqual(bytes);
      }),
    );
  });

  it('has every byte', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    expect(fromHex(toHex(bytes))).toEqual(bytes);
    expect(toHex(fromHex('00ff10'))).toBe('00ff10');
    expect(toHex(new Uint8Array(0))).toBe('');
    expect(fromHex('')).toEqual(new Uint8Array(0));
  });

  it.each([511, 512, 513, 100_000])('is written of %i bytes, more than go at once', (length) => {
    const bytes = Uint8Array.from({ length }, (_, at) => at * 31);
    expect(toHex(bytes)).toBe(Buffer.from(bytes).toString('hex'));
  });

  it('is of a view what it is of a copy', () => {
    const view = Uint8Array.of(9, 1, 2, 9).subarray(1, 3);
    expect(toHex(view)).toBe('0102');
  });
});

describe('the portable hash', () => {
  it('gives Node’s digest', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(toHex(sha256(bytes))).toBe(createHash('sha256').update(bytes).digest('hex'));
      }),
    );
  });
});
