// Looks for the longest Collatz run (n/2 if even, 3n+1 if odd, until 1) in a range of 64-bit numbers.
// Each workgroup searches its own part of the range and reports the number with the longest run.

struct Shard {
  first: vec3u, // first workgroup of this dispatch
  base: u32, // first workgroup of the shard, linear
  count: u32, // workgroups in the shard
  grid: vec3u, // workgroups in the whole stage
}

struct Parameters {
  first: vec2u, // the first number of the search: low and high 32 bits
  numbersPerInvocation: u32,
}

struct Record {
  start: vec2u, // the number with the longest run: low and high 32 bits; the smallest such number
  steps: u32, // the length of its run
  unfinished: u32, // numbers whose run left 64 bits or MAX_STEPS; they are counted, never guessed
}

@group(0) @binding(0) var<uniform> shard: Shard;
@group(0) @binding(1) var<uniform> parameters: Parameters;
@group(0) @binding(2) var<storage, read_write> records: array<Record>;

const INVOCATIONS = 64u;
const MAX_STEPS = 4096u; // the longest known run below 2^64 is about 2,100 steps
const MAX_NUMBERS = 65536u;
const UNFINISHED = 0xffffffffu;

var<workgroup> bestStart: array<vec2u, INVOCATIONS>;
var<workgroup> bestSteps: array<u32, INVOCATIONS>;
var<workgroup> unfinishedCount: array<u32, INVOCATIONS>;

fn add64(a: vec2u, b: vec2u) -> vec2u {
  let low = a.x + b.x;
  return vec2u(low, a.y + b.y + select(0u, 1u, low < a.x));
}

fn isLess64(a: vec2u, b: vec2u) -> bool {
  return a.y < b.y || (a.y == b.y && a.x < b.x);
}

// The whole 64-bit product of two 32-bit numbers, by 16-bit halves.
fn multiply32(a: u32, b: u32) -> vec2u {
  let lowLow = (a & 0xffffu) * (b & 0xffffu);
  let highLow = (a >> 16u) * (b & 0xffffu);
  let lowHigh = (a & 0xffffu) * (b >> 16u);
  let middle = (lowLow >> 16u) + (highLow & 0xffffu) + (lowHigh & 0xffffu);
  let high = (a >> 16u) * (b >> 16u) + (highLow >> 16u) + (lowHigh >> 16u) + (middle >> 16u);
  return vec2u((middle << 16u) | (lowLow & 0xffffu), high);
}

// Divides by two until the number is odd; n is not 0. Gives the number and how often.
fn shiftToOdd(n: vec2u) -> vec3u {
  if (n.x == 0u) {
    let zeros = countTrailingZeros(n.y);
    return vec3u(n.y >> zeros, 0u, zeros + 32u);
  }
  let zeros = countTrailingZeros(n.x);
  if (zeros == 0u) {
    return vec3u(n, 0u);
  }
  return vec3u((n.x >> zeros) | (n.y << (32u - zeros)), n.y >> zeros, zeros);
}

// The length of the run from n to 1; UNFINISHED if a number of the run does not fit or the run is too long.
fn runLength(start: vec2u) -> u32 {
  if (start.x == 0u && start.y == 0u) {
    return 0u;
  }
  let odd = shiftToOdd(start);
  var n = odd.xy;
  var steps = odd.z;
  while (n.x != 1u || n.y != 0u) {
    // 3n + 1 fits in 64 bits as long as n is below 2^64 / 3.
    if (n.y >= 0x55555555u || steps >= MAX_STEPS) {
      return UNFINISHED;
    }
    let twice = vec2u(n.x << 1u, (n.y << 1u) | (n.x >> 31u));
    let next = shiftToOdd(add64(add64(twice, n), vec2u(1u, 0u)));
    n = next.xy;
    steps += next.z + 1u;
  }
  return steps;
}

fn isBetter(a: u32, b: u32) -> bool {
  return bestSteps[a] > bestSteps[b] || (bestSteps[a] == bestSteps[b] && isLess64(bestStart[a], bestStart[b]));
}

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(workgroup_id) workgroupId: vec3u, @builtin(local_invocation_index) local: u32) {
  let workgroup = shard.first + workgroupId;
  let linear = workgroup.x + shard.grid.x * (workgroup.y + shard.grid.y * workgroup.z);
  let slot = linear - shard.base;

  // Neighbouring invocations take neighbouring numbers; an invocation goes on in strides of INVOCATIONS.
  let numbers = min(parameters.numbersPerInvocation, MAX_NUMBERS);
  let skipped = multiply32(linear, numbers * INVOCATIONS);
  var n = add64(add64(parameters.first, skipped), vec2u(local, 0u));
  var start = n;
  var steps = 0u;
  var unfinished = 0u;
  for (var i = 0u; i < numbers; i += 1u) {
    // A number below the first has left the 64 bits itself.
    let length = select(runLength(n), UNFINISHED, isLess64(n, parameters.first));
    if (length == UNFINISHED) {
      unfinished += 1u;
    } else if (length > steps) {
      steps = length;
      start = n;
    }
    n = add64(n, vec2u(INVOCATIONS, 0u));
  }
  bestStart[local] = start;
  bestSteps[local] = steps;
  unfinishedCount[local] = unfinished;
  workgroupBarrier();

  for (var half = INVOCATIONS / 2u; half > 0u; half /= 2u) {
    if (local < half) {
      let other = local + half;
      if (isBetter(other, local)) {
        bestStart[local] = bestStart[other];
        bestSteps[local] = bestSteps[other];
      }
      unfinishedCount[local] += unfinishedCount[other];
    }
    workgroupBarrier();
  }
  if (local == 0u) {
    records[slot] = Record(bestStart[0], bestSteps[0], unfinishedCount[0]);
  }
}
