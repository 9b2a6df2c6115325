// Base64url: what Node writes, read back, and one text a value.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromBase64url, toBase64url } from '../../../src/protocol/base64url.ts';

test('writes what Node writes and reads it back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      expect(toBase64url(bytes)).toBe(Buffer.from(bytes).toString('base64url'));
      expect(fromBase64url(toBase64url(bytes))).toEqual(bytes);
    }),
  );
});

test('reads nothing that it would not write, so that no two texts name one key', () => {
  for (const text of ['A', 'AB', 'AAB', 'AA==', 'A+', 'A/', 'A A', 'ÄÄ', 'AAAAA']) expect(fromBase64url(text), text).toBeNull();
  fc.assert(
    fc.property(fc.string(), (text) => {
      const bytes = fromBase64url(text);
      return bytes === null || toBase64url(bytes) === text;
    }),
  );
});
