// A broken promise of the network, by the name of the invariant that says so.

export const INVARIANTS = {
  'books-balance': 'All balances and all lines of the ledger sum to zero.',
  'no-debt': 'No account owes anything but the treasury what it granted.',
  'final-has-bytes': 'A final shard has stored bytes whose roots give the agreed digest.',
  'told-is-kept': 'What a client was told is in the journal, now and after every restart.',
  'paid-once': 'A shard pays an account once, and at most as many copies as its quorum, each for an agreed vote.',
  'escrow-closes': 'What an ended job paid and got back is what it held.',
  'job-ends': 'A job ends within a bounded time once faults stop and enough honest contributors stay.',
  'end-says-why': 'A job that did not end well has a reason; one that is done has every shard.',
  'truth-wins': 'Wrong bytes are final only where a whole quorum of liars agreed on them.',
  'verdict-stays': 'What is final stays as it is, and what has ended stays ended.',
  'leases-counted': 'Every shard is decided, fresh, queued or in hands, and a session counts exactly what it holds.',
  'memory-bounded': 'When all jobs have ended the coordinator remembers nothing of them.',
  'fence-holds': 'A coordinator that another has taken over from writes nothing.',
  'nothing-thrown': 'Nothing throws that no fault has caused.',
  'likes-kept': 'No device holds a shard of a requester that it has blocked.',
  'nothing-kept-back': 'Once all is quiet, no connected contributor holds a result that had no answer.',
} as const;

export type InvariantName = keyof typeof INVARIANTS;

export class Violation extends Error {
  readonly invariant: InvariantName;

  constructor(invariant: InvariantName, sentence: string) {
    super(sentence);
    this.name = 'Violation';
    this.invariant = invariant;
  }
}

export function must(isSo: boolean, invariant: InvariantName, sentence: () => string): void {
  if (!isSo) throw new Violation(invariant, sentence());
}
