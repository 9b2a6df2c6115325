// Fuzzes the reassembly: frames of good messages, cut, doubled, exchanged and spoilt, and frames of nothing but noise.
import { FRAME_HEADER_BYTES, MAX_MESSAGE_BYTES, makeFrames, Reassembler } from '../../../../src/protocol/frame.ts';
import { type Chance, createChance, spoilBytes } from './chance.ts';
import { countRefusal, createTally, type FuzzFamily, showBytes } from './tally.ts';

/** Mostly of one frame, as on the wire; the last is of two. */
const LENGTHS = [0, 1, 40, 700, 70_000];
const LENGTH_SHARES = [0.1, 0.2, 0.4, 0.28, 0.02];

/** Every message that comes out whole is one that went in, unless its own frames were spoilt. */
export const fuzzFrames: FuzzFamily = async (cases, seed) => {
  const chance = createChance(seed);
  const tally = createTally();
  while (tally.cases < cases) {
    tally.cases++;
    const { frames, sent } = makeStorm(chance);
    const reassembler = new Reassembler();
    try {
      for (const { frame, isSpoilt } of frames) {
        const whole = reassembler.accept(frame);
        if (whole === null) continue;
        if (whole.length > MAX_MESSAGE_BYTES) throw new Error('A message came out that is larger than any may be.');
        if (!isSpoilt && !sent.some((message) => isSame(message, whole))) throw new Error('A message came out that nobody sent.');
      }
      tally.taken++;
    } catch (cause) {
      countRefusal(
        tally,
        cause,
        ['bad-frame'],
        () =>
          `seed ${seed}, ${frames
            .map(({ frame }) => showBytes(frame))
            .join(' | ')
            .slice(0, 4_000)}`,
      );
    }
  }
  return tally;
};

interface StormFrame {
  readonly frame: Uint8Array;
  readonly isSpoilt: boolean;
}

function makeStorm(chance: Chance): { readonly frames: readonly StormFrame[]; readonly sent: readonly Uint8Array[] } {
  const sent = Array.from({ length: 1 + chance.below(3) }, (_, id) => new Uint8Array(pickLength(chance)).fill(id + 1));
  const frames: StormFrame[] = sent.flatMap((message, id) => [...makeFrames(id, message)].map((frame) => ({ frame, isSpoilt: false })));
  for (let times = chance.below(3); times > 0; times--) injure(chance, frames);
  // once a frame of a storm is spoilt it may have joined another message, whose end is then not its sender's doing
  const isSpoilt = frames.some((each) => each.isSpoilt);
  return { frames: frames.map(({ frame }) => ({ frame, isSpoilt })), sent };
}

function injure(chance: Chance, frames: StormFrame[]): void {
  if (frames.length === 0) return;
  const at = chance.below(frames.length);
  const { frame } = frames[at]!;
  switch (chance.below(5)) {
    case 0:
      return void frames.splice(at, 1);
    case 1:
      return void frames.splice(at, 0, frames[at]!);
    case 2:
      return void frames.push(...frames.splice(at, 1));
    case 3:
      return void frames.splice(at, 1, { frame: spoilHeader(chance, frame), isSpoilt: true });
    default:
      return void frames.splice(at, 0, { frame: chance.bytes(chance.below(40)), isSpoilt: true });
  }
}

/** The header decides everything; the bytes behind it are only carried. */
function spoilHeader(chance: Chance, frame: Uint8Array): Uint8Array {
  const header = spoilBytes(chance, frame.subarray(0, FRAME_HEADER_BYTES));
  const spoilt = new Uint8Array(header.length + Math.max(0, frame.length - FRAME_HEADER_BYTES));
  spoilt.set(header);
  spoilt.set(frame.subarray(FRAME_HEADER_BYTES), header.length);
  return spoilt;
}

function pickLength(chance: Chance): number {
  let at = 0;
  while (at < LENGTHS.length - 1 && !chance.happens(LENGTH_SHARES[at]!)) at++;
  return LENGTHS[at]!;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
