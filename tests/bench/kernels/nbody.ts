// The JavaScript twin of nbody.wgsl: the same operations in the same order, each rounded to f32.
import { type Buffers, floatsOf } from './kernel.ts';

const { fround, sqrt } = Math;
const softening = fround(0.01);
const step = fround(0.001);

export function nbody(buffers: Buffers): void {
  const places = floatsOf(buffers, 'places');
  const velocities = floatsOf(buffers, 'velocities');
  const moved = floatsOf(buffers, 'moved');
  for (let body = 0; body < places.length; body += 4) moveBody(body, places, velocities, moved);
}

function moveBody(body: number, places: Float32Array, velocities: Float32Array, moved: Float32Array): void {
  const myX = places[body]!;
  const myY = places[body + 1]!;
  const myZ = places[body + 2]!;
  let pullX = fround(0);
  let pullY = fround(0);
  let pullZ = fround(0);
  for (let i = 0; i < places.length; i += 4) {
    const x = fround(places[i]! - myX);
    const y = fround(places[i + 1]! - myY);
    const z = fround(places[i + 2]! - myZ);
    const square = fround(fround(fround(x * x) + fround(y * y)) + fround(z * z));
    const inverse = fround(1 / fround(sqrt(fround(square + softening))));
    const scale = fround(places[i + 3]! * fround(fround(inverse * inverse) * inverse));
    pullX = fround(pullX + fround(x * scale));
    pullY = fround(pullY + fround(y * scale));
    pullZ = fround(pullZ + fround(z * scale));
  }
  const velocityX = fround(velocities[body]! + fround(pullX * step));
  const velocityY = fround(velocities[body + 1]! + fround(pullY * step));
  const velocityZ = fround(velocities[body + 2]! + fround(pullZ * step));
  velocities[body] = velocityX;
  velocities[body + 1] = velocityY;
  velocities[body + 2] = velocityZ;
  moved[body] = fround(myX + fround(velocityX * step));
  moved[body + 1] = fround(myY + fround(velocityY * step));
  moved[body + 2] = fround(myZ + fround(velocityZ * step));
  moved[body + 3] = places[body + 3]!;
}
