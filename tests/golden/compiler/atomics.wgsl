// groups 1 1 1
struct Cell { value: atomic<i32>, plain: i32, }
@group(0) @binding(0) var<storage, read_write> out: array<u32>;
@group(0) @binding(1) var<storage, read> data: array<u32>;
@group(0) @binding(2) var<storage, read_write> cells: array<Cell, 4>;
var<private> cursor: u32;
fn put(value: u32) { out[cursor] = value; cursor += 1u; }
fn puti(value: i32) { put(bitcast<u32>(value)); }
@compute @workgroup_size(1)
fn main() {
  let c = &cells[data[0] % 4u];
  atomicStore(&c.value, 5); puti(atomicAdd(&c.value, -9)); puti(atomicSub(&c.value, 3)); puti(atomicMin(&c.value, -8)); puti(atomicMax(&c.value, 77));
  puti(atomicAnd(&c.value, 0xf0)); puti(atomicOr(&c.value, 9)); puti(atomicXor(&c.value, -1)); puti(atomicExchange(&c.value, 12)); puti(atomicLoad(&c.value));
  let hit = atomicCompareExchangeWeak(&c.value, 12, 13); puti(hit.old_value); put(u32(hit.exchanged));
  let miss = atomicCompareExchangeWeak(&c.value, 12, 14); puti(miss.old_value); put(u32(miss.exchanged)); puti(atomicLoad(&c.value));
  c.plain = 4; puti(c.plain);
}
