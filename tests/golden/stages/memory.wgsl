// Structs in buffers, pointers through functions, clamped indices and a barrier.
struct Inner { a: vec3f, @size(8) b: u32 }
struct Cell { n: atomic<u32>, inner: Inner, m: mat2x3f, list: array<u32> }
@group(0) @binding(1) var<storage, read_write> cell: Cell;
@group(0) @binding(0) var<uniform> scale: vec4f;
var<workgroup> sums: array<f32, 4>;

fn grow(p: ptr<workgroup, array<f32, 4>>, i: u32) { (*p)[i] += scale.w; }

@compute @workgroup_size(4)
fn main(@builtin(local_invocation_index) i: u32) {
  grow(&sums, i);
  workgroupBarrier();
  cell.inner.a.y = sums[3 - i];
  let p = &cell.list;
  p[i] = atomicAdd(&cell.n, arrayLength(p));
}
