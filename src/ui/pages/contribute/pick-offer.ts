// What a newcomer is offered, one thing at a time and never before something was verified: to keep the tab, to install, to back up, to attach.

export const OFFERS = ['keep-open', 'install', 'backup', 'wallet'] as const;
export type Offer = (typeof OFFERS)[number];

export interface OfferFacts {
  /** In this session. */
  readonly verified: number;
  readonly isInstallable: boolean;
  readonly isGuest: boolean;
  /** The key can be backed up, and was not. */
  readonly isBackupDue: boolean;
  readonly dismissed: readonly Offer[];
  /** Offers that were closed since this page opened: the next one waits for the next visit, or for more work. */
  readonly closedAtVerified: number | null;
}

/** Shards between one closed offer and the next: nobody is asked twice in a row. */
export const OFFER_PAUSE_SHARDS = 20;

export function pickOffer(facts: OfferFacts): Offer | null {
  if (facts.verified === 0) return null;
  if (facts.closedAtVerified !== null && facts.verified < facts.closedAtVerified + OFFER_PAUSE_SHARDS) return null;
  return OFFERS.find((offer) => !facts.dismissed.includes(offer) && isPossible(offer, facts)) ?? null;
}

function isPossible(offer: Offer, { isInstallable, isGuest, isBackupDue }: OfferFacts): boolean {
  switch (offer) {
    case 'keep-open':
      return true;
    case 'install':
      return isInstallable;
    case 'backup':
      return isGuest && isBackupDue;
    case 'wallet':
      return isGuest;
  }
}

export function parseOffers(value: unknown): readonly Offer[] | null {
  return Array.isArray(value) ? OFFERS.filter((offer) => value.includes(offer)) : null;
}
