// The server's fast digest of a result is the one that devices compute.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { digestRoots } from '../../../../server/verification/digest-roots.ts';
import { resultDigest } from '../../../../src/protocol/canonical.ts';
import { isDigest } from '../../../../src/protocol/ids.ts';
import { anyDigest } from '../../../support/message-arbitraries.ts';

it('is resultDigest of the same roots', () => {
  fc.assert(
    fc.property(fc.array(anyDigest, { maxLength: 8 }), (roots) => {
      expect(digestRoots(roots)).toBe(resultDigest(roots));
      expect(isDigest(digestRoots(roots))).toBe(true);
    }),
  );
});
