// Which moments a chart's table shows: all while they can be read, else evenly many, newest first. PURE.

/** A screen reader goes through them one by one. */
export const MAX_ROWS = 96;

export function pickRows(moments: number): readonly number[] {
  const step = Math.max(1, Math.ceil(moments / MAX_ROWS));
  const rows: number[] = [];
  for (let at = moments - 1; at >= 0; at -= step) rows.push(at);
  return rows;
}
