import type { Plan } from '../wasm/compile.ts'
import { pageBytes } from '../wasm/host.ts'
import { roundUp } from '../wasm/plan/layout.ts'
import { blockBytes, checksum } from './checksum.ts'
import { type PackedFloats, packFloats } from './packed-halves.ts'

/** Bytes that lie somewhere in the memory. */
export interface Placed {
  readonly address: number
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** Where packed weights lie and where they belong. They end where their place ends, so that they can be unpacked in place. */
export interface Unpacking {
  readonly source: number
  readonly target: number
  /** Address and number of the runs they are made of. */
  readonly runs: number
  readonly runCount: number
}

/** Memory as it is before the first image. */
export interface MemoryImage {
  readonly weights: Placed
  /** Everything else: records, and the runs of packed weights. */
  readonly others: readonly Placed[]
  readonly unpacking: Unpacking | null
  /** What is summed up when the module starts, and what must come out. */
  readonly sealed: { readonly from: number; readonly to: number; readonly checksum: Uint8Array }
  /** Address of a block for the sums. */
  readonly sums: number
  readonly memoryBytes: number
}

/** Lays out what a plan's module finds in its memory: behind the arena the weights, packed where asked, then the records. */
export function layOut(plan: Plan, packed: boolean): MemoryImage {
  const { constants, program, recordAddresses } = plan
  const image = new ArrayBuffer(roundUp(plan.memoryBytes, blockBytes))
  constants.writeTo(image)
  const start = firstBlockInUse(new Uint8Array(image, 0, constants.end))
  const records: Placed = { address: recordAddresses[0] as number, bytes: copy(program.bytes(0)) }
  const end = roundUp(records.address + records.bytes.length, blockBytes)
  const { weights, others, unpacking } = packed
    ? packedWeights(packFloats(new Float32Array(image, start, (constants.end - start) / 4)), start, constants.end, end)
    : {
        weights: { address: start, bytes: new Uint8Array(image.slice(start, constants.end)) },
        others: [],
        unpacking: null,
      }
  const placed = [weights, records, ...others]
  const from = floorBlock(Math.min(...placed.map(({ address }) => address)))
  const to = roundUp(Math.max(...placed.map(({ address, bytes }) => address + bytes.length)), blockBytes)
  return {
    weights,
    others: [records, ...others],
    unpacking,
    sealed: { from, to, checksum: checksum(written(placed, from, to)) },
    sums: to,
    memoryBytes: roundUp(Math.max(plan.memoryBytes, to + blockBytes), pageBytes),
  }
}

function packedWeights(
  { bytes, runs }: PackedFloats,
  target: number,
  end: number,
  free: number,
): Pick<MemoryImage, 'weights' | 'others' | 'unpacking'> {
  const source = end - bytes.length
  const table = new Uint8Array(4 * runs.length)
  const view = new DataView(table.buffer)
  runs.forEach((run, i) => {
    view.setUint32(4 * i, run, true)
  })
  return {
    weights: { address: source, bytes },
    others: [{ address: free, bytes: table }],
    unpacking: { source, target, runs: free, runCount: runs.length },
  }
}

/** The stretch of memory between two addresses once everything lies in its place. */
function written(placed: readonly Placed[], from: number, to: number): Uint8Array<ArrayBuffer> {
  const memory = new Uint8Array(to - from)
  for (const { address, bytes } of placed) memory.set(bytes, address - from)
  return memory
}

function firstBlockInUse(bytes: Uint8Array): number {
  const first = bytes.findIndex(byte => byte !== 0)
  return first < 0 ? bytes.length : floorBlock(first)
}

const floorBlock = (address: number): number => address - (address % blockBytes)
const copy = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes)
