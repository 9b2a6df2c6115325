// The commits that one simulated world wrote, and the same with other numbers, so that they can be written to a database that has its own.
import type { Change, CommitUnit } from '../../server/coordinator/change.ts';
import type { Transfer } from '../../server/ledger/transfer.ts';
import {
  type AccountId,
  type BlockId,
  blockOfShard,
  type DeviceId,
  type JobId,
  makeShardId,
  offsetOfShard,
  type ShardId,
} from '../../src/protocol/ids.ts';
import type { Plan } from '../simulation/plan.ts';
import { runWorld } from '../simulation/world.ts';

export interface RecordedWorld {
  readonly commits: readonly (readonly CommitUnit[])[];
  readonly contributors: readonly { readonly account: AccountId; readonly device: DeviceId; readonly kind: 'guest' | 'headless' }[];
  readonly requesters: readonly { readonly account: AccountId; readonly credit: bigint }[];
}

export async function recordCommits(plan: Plan): Promise<RecordedWorld> {
  const commits: (readonly CommitUnit[])[] = [];
  let next: readonly CommitUnit[] = [];
  const seams = {
    beforeCommit(units: readonly CommitUnit[]) {
      next = units;
      return units;
    },
    afterWrite: () => void commits.push(next),
  };
  const { violation } = await runWorld(plan, { seams });
  if (violation) throw violation;
  return {
    commits,
    contributors: plan.contributors.map(({ id, account, kind }) => ({
      account: (10 + account) as AccountId,
      device: (10 + id) as DeviceId,
      kind,
    })),
    requesters: plan.requesters.map(({ id, credit }) => ({ account: (90 + id) as AccountId, credit: BigInt(credit) })),
  };
}

export interface Numbers {
  readonly people: ReadonlyMap<AccountId, AccountId>;
  readonly devices: ReadonlyMap<DeviceId, DeviceId>;
  readonly nextIds: (count: number) => Promise<readonly number[]>;
}

export async function renumber(
  commits: readonly (readonly CommitUnit[])[],
  { people, devices, nextIds }: Numbers,
): Promise<readonly (readonly CommitUnit[])[]> {
  const changes = commits.flatMap((units) => units.flatMap((unit) => unit.changes));
  const known = changes.flatMap((change) =>
    change.kind === 'job-created' ? [change.job.id, change.job.escrow, ...change.job.blocks.map(({ id }) => id)] : [],
  );
  const fresh = await nextIds(known.length);
  const ids = new Map<number, number>(known.map((id, at) => [id, fresh[at]!]));
  const id = <Id extends number>(old: Id): Id => (ids.get(old) ?? old) as Id;
  const person = (old: AccountId): AccountId => people.get(old) ?? id(old);
  const shard = (old: ShardId): ShardId => makeShardId(id(blockOfShard(old)), offsetOfShard(old));

  const moveTransfer = (transfer: Transfer): Transfer => {
    switch (transfer.kind) {
      case 'hold':
      case 'refund':
        return { ...transfer, job: id(transfer.job), requester: person(transfer.requester), escrow: id(transfer.escrow) };
      case 'pay':
        return {
          ...transfer,
          job: id(transfer.job),
          shard: shard(transfer.shard),
          escrow: id(transfer.escrow),
          contributor: person(transfer.contributor),
        };
      case 'grant':
      case 'attach':
      case 'release':
        return transfer;
    }
  };
  const move = (change: Change): Change => {
    switch (change.kind) {
      case 'job-created': {
        const { job } = change;
        const blocks = job.blocks.map((block) => ({ ...block, id: id(block.id) as BlockId }));
        const manifest = { ...job.manifest, job: id(job.id) as JobId };
        return { ...change, job: { ...job, id: id(job.id), escrow: id(job.escrow), requester: person(job.requester), blocks, manifest } };
      }
      case 'job-ended':
      case 'job-left':
        return { ...change, job: id(change.job) };
      case 'vote-cast':
        return {
          ...change,
          shard: shard(change.shard),
          account: person(change.account),
          device: devices.get(change.device) ?? change.device,
        };
      case 'vote-settled':
        return { ...change, shard: shard(change.shard) };
      case 'shard-judged':
        return { ...change, shard: shard(change.shard), job: id(change.job) };
      case 'results-rejected': {
        const rejected = change.rejected.map((result) => ({
          ...result,
          account: person(result.account),
          device: devices.get(result.device) ?? result.device,
        }));
        return { ...change, job: id(change.job), shard: shard(change.shard), rejected, caughtBy: change.caughtBy.map(person) };
      }
      case 'device-judged':
        return { ...change, device: devices.get(change.device) ?? change.device };
      case 'transfer':
        return { ...change, transfer: moveTransfer(change.transfer) };
      case 'blocks-released':
        return { ...change, blocks: change.blocks.map(id) };
    }
  };
  return commits.map((units) => units.map((unit) => ({ changes: unit.changes.map(move) })));
}
