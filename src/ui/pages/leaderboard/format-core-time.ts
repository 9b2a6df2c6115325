// Work as time that one core of the reference machine would take: "42 s", "3.5 h".
import { secondsOfWork } from '../../../protocol/work.ts';
import { formatDuration } from '../../state/format.ts';

export function formatCoreTime(work: number): string {
  return formatDuration(secondsOfWork(work));
}
