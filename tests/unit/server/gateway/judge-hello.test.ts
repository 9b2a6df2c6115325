// Which versions of the protocol are spoken here: told before the hello itself is read.
import { describe, expect, it } from 'vitest';
import { judgeVersion } from '../../../../server/gateway/judge-hello.ts';
import { encodeMessage } from '../../../../src/protocol/frame.ts';
import { NO_PAYLOAD, OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION } from '../../../../src/protocol/messages.ts';

const judge = (message: unknown) => judgeVersion(encodeMessage(message, NO_PAYLOAD));

describe('the version of a hello', () => {
  it('is 3 or 4: no build that spoke an earlier one was released', () => {
    expect([OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION]).toEqual([3, 4]);
    for (const v of [3, 4]) expect(judge({ type: 'hello', v })).toBeNull();
    for (const v of [0, 1, 2, 5, 3.5, -3, 2.99, 3.01, Number.MAX_SAFE_INTEGER, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(judge({ type: 'hello', v })).toMatchObject({ code: 'upgrade-required', facts: { oldest: 3, newest: 4 } });
    }
  });

  it('is said in the sentence, so that an old build can show it', () => {
    expect(judge({ type: 'hello', v: 1 })?.sentence).toContain('versions 3 to 4 of the protocol, not 1;');
  });

  it('is left to the gate when there is none or it is no hello', () => {
    for (const message of [
      { type: 'hello' },
      { type: 'hello', v: '1' },
      { type: 'hello', v: null },
      { type: 'want', v: 1 },
      {},
      null,
      1,
      [1],
    ]) {
      expect(judge(message)).toBeNull();
    }
  });

  it('cannot be read from what is no message', () => {
    for (const bytes of [new Uint8Array(0), new Uint8Array(3), Uint8Array.of(9, 0, 0, 0, 1), Uint8Array.of(1, 0, 0, 0, 0xc1)]) {
      expect(() => judgeVersion(bytes)).toThrow(expect.objectContaining({ code: 'bad-message' }));
    }
  });
});
