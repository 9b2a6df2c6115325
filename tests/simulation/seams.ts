// Where a test may plant a bug to see that it is found: around the journal and the runner, never inside the product.
import type { CommitUnit, LoadedState } from '../../server/coordinator/change.ts';
import type { CoordinatorEvent, Deliverer } from '../../server/coordinator/event.ts';
import type { JournalTables } from './journal-tables.ts';

export interface Seams {
  /** What is written instead. */
  readonly beforeCommit?: (units: readonly CommitUnit[]) => readonly CommitUnit[];
  readonly afterWrite?: (tables: JournalTables) => void;
  readonly afterLoad?: (loaded: LoadedState) => LoadedState;
  /** A commit is answered as written before it is. */
  readonly isAnsweredEarly?: boolean;
  readonly isFenceBroken?: boolean;
  /** A commit whose line broke is written although the state was read again since. */
  readonly isLateWritten?: boolean;
  /** What the core is told instead. */
  readonly beforePost?: (event: CoordinatorEvent) => readonly CoordinatorEvent[];
  readonly aroundDeliverer?: (deliverer: Deliverer) => Deliverer;
}
