// The one sequence of ids, drawn by several at once.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { postTransfers } from '../../../../server/ledger/post-transfers.ts';
import { createJournal } from '../../../../server/storage/journal.ts';
import { startDatabase, type TestDatabase } from '../../../support/start-database.ts';

let started: TestDatabase;
beforeAll(async () => {
  started = await startDatabase();
});
afterAll(() => started.stop());

test('ids are never given twice', async () => {
  const { database, blobs } = started;
  const journal = createJournal({ database, blobs, postTransfers, guestCap: 1n });
  const drawn = (await Promise.all(Array.from({ length: 8 }, () => journal.nextIds(50)))).flat();
  expect(new Set(drawn).size).toBe(400);
});
