// What a banned device is told, last of all: why, and how to be heard.
import type { FaultBody } from '../../src/protocol/fault.ts';
import type { DeviceId } from '../../src/protocol/ids.ts';

export interface BanFacts {
  readonly device: DeviceId;
  readonly reason: string;
  /** `mailto:` or `https://`; null where none was set. */
  readonly contact: string | null;
}

/** `forbidden` is final for every contributor, old ones too: it does not come back by itself. */
export function makeBanFault({ device, reason, contact }: BanFacts): FaultBody {
  const whom = contact === null ? 'the operator of this coordinator' : contact.replace(/^mailto:/, '');
  const sentence = `This device was banned by the operator: ${endSentence(reason)} To appeal, write to ${whom} and name device ${device}.`;
  return { code: 'forbidden', sentence, facts: { isBanned: true, device } };
}

function endSentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** What a job says of itself that an operator has ended. */
export function makeCancelReason(reason: string): FaultBody {
  return {
    code: 'cancelled',
    sentence: `The operator of this coordinator ended the job: ${endSentence(reason)} What was not paid was refunded.`,
  };
}
