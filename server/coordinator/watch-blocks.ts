// Whether memory knows all blocks that the journal says are this process's: a claim whose answer was lost, or could not be read, is found so.

/**
 * Memory decides first and the journal follows, so they may only be compared while nothing that gains or loses blocks is under way: neither
 * when the journal is asked nor until it has answered.
 */
export interface BlockWatch {
  /** A unit was handed to the next commit, or an event was decided; so many blocks are in memory now. */
  decided(blocks: number, isUnit: boolean): void;
  /** Blocks are claimed, or a job is opened: memory hears of it later. */
  moves(): void;
  /** So many units are durable, in the order in which they were decided; null: none is under way any more. */
  settled(units: number | null): void;
  /** To be asked before the journal is; the answer takes what the journal said. */
  compare(): (blocks: number) => boolean;
}

export function createBlockWatch(known: number): BlockWatch {
  let inMemory = known;
  let units = 0;
  let durable = 0;
  /** The last move is durable when so many units are. */
  let movedAt = 0;
  let moves = 0;
  let wasUnread = false;

  const move = (): void => {
    moves++;
    movedAt = units;
  };
  return {
    decided(blocks, isUnit) {
      if (isUnit) units++;
      if (blocks !== inMemory) move();
      inMemory = blocks;
    },
    moves: move,
    settled(count) {
      durable = count === null ? units : durable + count;
    },
    compare() {
      const isStill = durable >= movedAt;
      const movesBefore = moves;
      return (blocks) => {
        const isUnread = isStill && moves === movesBefore && blocks > inMemory;
        const isCertain = isUnread && wasUnread;
        wasUnread = isUnread;
        return isCertain;
      };
    },
  };
}
