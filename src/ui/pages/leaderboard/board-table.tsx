// A board: fifty rows, and where one's own row lies further down, it with three above and below.
import { For, type JSX, Show } from 'solid-js';
import type { Board, LeaderboardRow, LeaderboardView } from '../../../protocol/api-standing.ts';
import { formatCount } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import { BadgeMarks } from './badge-marks.tsx';
import { formatCoreTime } from './format-core-time.ts';
import { WORDS } from './words.ts';

/** More are shown when they are asked for. */
export const FIRST_ROWS = 15;

export function BoardTable(props: { readonly view: LeaderboardView; readonly isWhole: boolean }): JSX.Element {
  const words = useWords(WORDS);
  const top = () => (props.isWhole ? props.view.rows : props.view.rows.slice(0, FIRST_ROWS));
  const near = () => (props.view.me ?? []).filter(({ rank }) => rank > top().length);
  const hasGap = () => (near()[0]?.rank ?? 0) > top().length + 1;
  const caption = () =>
    words().table.caption(words().by[props.view.by], words().period[props.view.period], words().league[props.view.league]);
  return (
    <table class="table board">
      <caption class="sr">{caption()}</caption>
      <thead>
        <tr>
          <th scope="col" class="rank">
            {words().table.rank}
          </th>
          <th scope="col">{words().table.name}</th>
          <th scope="col" class="n">
            {props.view.by === 'requesters' ? words().table.copies : words().table.shards}
          </th>
          <th scope="col" class="n">
            {words().table.work}
          </th>
        </tr>
      </thead>
      <tbody>
        <For each={top()}>{(row) => <Row row={row} by={props.view.by} />}</For>
        <Show when={near().length > 0}>
          <Show when={hasGap()}>
            <tr class="gap">
              <td colspan="4">
                <span aria-hidden="true">⋯</span>
                <span class="sr">{words().table.between}</span>
              </td>
            </tr>
          </Show>
          <For each={near()}>{(row) => <Row row={row} by={props.view.by} />}</For>
        </Show>
      </tbody>
    </table>
  );
}

function Row(props: { readonly row: LeaderboardRow; readonly by: Board }): JSX.Element {
  const words = useWords(WORDS);
  const row = () => props.row;
  const mine = () => {
    const { me, myTeam, mySite } = words().table;
    return { people: me, requesters: me, teams: myTeam, sites: mySite }[props.by];
  };
  const unit = () => words().table.units[props.by === 'requesters' ? 'copies' : 'shards'];
  return (
    <tr class="place" aria-current={row().isMe ? 'true' : undefined}>
      <td class="rank number">{formatCount(row().rank)}</td>
      <th scope="row">
        <span class="who">
          <bdi>{row().name}</bdi>
          <Show when={row().isMe}>
            <span class="badge" data-tone="live">
              {mine()}
            </span>
          </Show>
          <BadgeMarks badges={row().badges} />
        </span>
        <Show when={row().members} keyed>
          {(members) => <span class="small muted members">{words().table.members(members, formatCount(members))}</span>}
        </Show>
      </th>
      <td class="n" data-unit={` ${unit()}`}>
        {formatCount(row().verifiedShards)}
      </td>
      <td class="n" data-unit={words().table.units.work}>
        {formatCoreTime(row().work)}
      </td>
    </tr>
  );
}
