// What the operator's resources are given; server/open-operator-desk.ts makes it.
import type {
  AuditView,
  DeviceFilter,
  LogLevel,
  LogView,
  OperatorDevicesView,
  OperatorMe,
  OperatorView,
} from '../../src/protocol/api-operator.ts';
import type { AccountId, DeviceId, JobId } from '../../src/protocol/ids.ts';

/** Who acts and why; the reason is as it was typed. */
export interface OperatorAct {
  readonly account: AccountId;
  readonly wallet: string;
  readonly reason: string;
}

export type JudgedOperator = { readonly me: OperatorMe; readonly account: AccountId | null };

/** Acts throw `bad-request` for a reason that says nothing, `not-found` and `conflict`; each that is done stands in the audit log. */
export interface OperatorDesk {
  /** Is this wallet named in OPERATORS? It still has to sign in with the wallet itself. */
  isListed(wallet: string | null): boolean;
  /** Null: nobody is signed in. */
  judge(tokenHash: string | null): Promise<JudgedOperator>;
  overview(): Promise<OperatorView>;
  devices(query: { readonly show: DeviceFilter; readonly before: DeviceId | null; readonly limit: number }): Promise<OperatorDevicesView>;
  log(query: { readonly level: LogLevel; readonly contains: string; readonly limit: number }): LogView;
  audit(query: { readonly before: number | null; readonly limit: number }): Promise<AuditView>;
  ban(device: DeviceId, act: OperatorAct): Promise<void>;
  unban(device: DeviceId, act: OperatorAct): Promise<void>;
  /** The job as it was read: it still runs. */
  cancelJob(job: JobId, act: OperatorAct): Promise<void>;
  drain(act: OperatorAct): Promise<void>;
  undrain(act: OperatorAct): Promise<void>;
  /** `forbidden` outside of demo mode. */
  injectLiar(act: OperatorAct): Promise<void>;
  stopLiar(act: OperatorAct): Promise<void>;
}
