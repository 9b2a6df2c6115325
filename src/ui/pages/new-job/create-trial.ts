// The state of a trial on this device: which shard, how far, what came out, and whether it is still what the form says.
import { type Accessor, createEffect, createSignal, on, onCleanup } from 'solid-js';
import { countShards } from '../../../protocol/shard.ts';
import type { GridChoice } from '../../../requester/list-templates.ts';
import { useApp } from '../../state/app-context.ts';
import { describeFault } from '../../state/describe-fault.ts';
import type { TryPanelProps } from './try-panel.tsx';
import { makePreviewSpec, type Tried, tryShard } from './try-shard.ts';

export interface Trial {
  readonly tried: Accessor<Tried | null>;
  readonly isPreview: Accessor<boolean>;
  /** The form has changed since. */
  readonly isStale: Accessor<boolean>;
  readonly isBusy: Accessor<boolean>;
  readonly share: Accessor<number>;
  readonly shards: Accessor<number>;
  readonly chosen: Accessor<number>;
  choose(shard: number): void;
  run(preview: GridChoice | null): Promise<void>;
  stop(): void;
}

export function createTrial(props: TryPanelProps): Trial {
  const { api, softwareGpu } = useApp();
  const [share, setShare] = createSignal(0);
  const [tried, setTried] = createSignal<Tried | null>(null);
  const [isPreview, setPreviewed] = createSignal(false);
  const [isStale, setStale] = createSignal(false);
  const [isBusy, setBusy] = createSignal(false);
  const [index, setIndex] = createSignal<number | null>(null);
  const shards = () => countShards(props.draft().grid, Math.max(1, props.draft().workgroupsPerShard));
  /** The middle says more than a corner. */
  const chosen = () => Math.min(index() ?? Math.floor(shards() / 2), shards() - 1);
  let controller = new AbortController();
  onCleanup(() => controller.abort());
  createEffect(on(props.draft, () => setStale(true), { defer: true }));

  const run = async (preview: GridChoice | null): Promise<void> => {
    setBusy(true);
    setShare(0);
    controller = new AbortController();
    try {
      const spec = await props.prepare();
      if (spec) {
        const count = (tried()?.count ?? 0) + 1;
        const what = preview ? makePreviewSpec(spec, preview.grid) : spec;
        const request = { index: preview ? 0 : chosen(), count, softwareGpu, signal: controller.signal, onProgress: setShare };
        setTried(await tryShard(api, what, request));
        setPreviewed(preview !== null);
        setStale(false);
      }
    } catch (error) {
      const fault = describeFault(error);
      if (fault.code !== 'cancelled') props.onRefusal(fault);
    } finally {
      setBusy(false);
    }
  };
  return {
    tried,
    isPreview,
    isStale,
    isBusy,
    share,
    shards,
    chosen,
    run,
    choose(shard) {
      if (Number.isInteger(shard)) setIndex(Math.min(Math.max(shard, 0), shards() - 1));
    },
    stop: () => controller.abort(),
  };
}
