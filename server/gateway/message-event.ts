// What a parsed message of a live session means to the coordinator.
import { Fault } from '../../src/protocol/fault.ts';
import type { ClientMessage, Envelope } from '../../src/protocol/messages.ts';
import type { CoordinatorEvent, SessionKey } from '../coordinator/event.ts';
import { collectAskedOutputs, collectOutputs, type ShapeOf } from './collect-outputs.ts';

/** Null when it means nothing; throws `bad-message` for what a correct device never sends. */
export function makeEvent(session: SessionKey, { message, payload }: Envelope<ClientMessage>, shapeOf: ShapeOf): CoordinatorEvent | null {
  switch (message.type) {
    case 'hello':
      throw new Fault('bad-message', 'Hello was said before; it counts once a connection.');
    case 'want':
      return { type: 'shards-wanted', session, count: message.count, workgroupsPerSecond: message.workgroupsPerSecond };
    case 'results': {
      const { results, wanted, workgroupsPerSecond } = message;
      const outputs = collectOutputs(results, payload, shapeOf);
      return { type: 'results-arrived', session, results, outputs, wanted, workgroupsPerSecond };
    }
    case 'bytes': {
      const { claim, mac, lengths } = message;
      const outputs = collectAskedOutputs(claim.shard, lengths, payload, shapeOf);
      return outputs && { type: 'bytes-arrived', session, claim, mac, outputs };
    }
    case 'prefer':
      return { type: 'likes-changed', session, likes: message.likes };
    case 'heartbeat':
      return null;
  }
}
