// What the resources of the network's page are given; server/open-network-desk.ts makes it.
import type { LookUpView, NetworkLive, PublicDevicesView, SamplesView } from '../../src/protocol/api-network.ts';

export interface NetworkDesk {
  /** Read at most once a turn, however many ask. */
  live(): Promise<NetworkLive>;
  samples(hours: number): Promise<SamplesView>;
  devices(): Promise<PublicDevicesView>;
  /** A job's number or a digest; throws `too-many-requests` while another digest is looked for. */
  lookUp(wanted: string): Promise<LookUpView>;
}
