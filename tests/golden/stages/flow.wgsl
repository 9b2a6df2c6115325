// Every statement that steers: loops with continuing, switch, early return, short circuit.
@group(0) @binding(0) var<storage, read_write> out: array<i32, 8>;
var<private> calls: i32 = 1;

fn next(step: i32) -> i32 {
  calls += step;
  if calls > 5 { return 0; }
  return calls;
}

@compute @workgroup_size(1)
fn main() {
  for (var i = 0; i < out[7]; i++) {
    switch i {
      case 1, 2 { continue; }
      default { out[0] += next(i); }
      case 3 { break; }
    }
    if out[0] > 9 || next(1) == 0 { return; }
  }
  loop {
    calls--;
    continuing { break if calls < 0; }
  }
  while calls < 3 { calls++; }
}
