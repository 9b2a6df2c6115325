// What the coordinator holds of a shard's copies.

/** `pending`: votes are missing; `provisional`: agreed, bytes not stored yet; `final`: agreed, stored and paid. */
export const VERDICTS = ['pending', 'provisional', 'final', 'revoked', 'disputed', 'failed'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What became of one copy. `agreed` is paid; `late` came after the shard was final. */
export const VOTE_STATES = ['waiting', 'agreed', 'outvoted', 'late', 'withheld', 'failed'] as const;
export type VoteState = (typeof VOTE_STATES)[number];
