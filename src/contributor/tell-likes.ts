// Tells the coordinator what this contributor likes: after each welcome, and when it changes; who likes everything alike says nothing.
import { type Likes, NO_LIKES } from '../protocol/likes.ts';
import type { ClientMessage } from '../protocol/messages.ts';

/** Coordinators before it do not know the message. */
export const LIKES_SINCE = 4;

export interface LikesTeller {
  /** A coordinator that speaks this version knows nothing of them yet. */
  meet(version: number): void;
  /** True when something was said, so that what it answered before may no longer hold. */
  tell(likes: Likes): boolean;
}

export function createLikesTeller(send: (message: ClientMessage) => void): LikesTeller {
  /** Null: it would not understand. */
  let told: Likes | null = null;
  return {
    meet(version) {
      told = version >= LIKES_SINCE ? NO_LIKES : null;
    },
    tell(likes) {
      if (told === null || JSON.stringify(likes) === JSON.stringify(told)) return false;
      told = likes;
      send({ type: 'prefer', likes });
      return true;
    },
  };
}
