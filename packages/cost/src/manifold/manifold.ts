import { type Backend, type Graph, GraphBuilder, OptionError, type Params, type Tensor, tensor } from '@depthwise/core'
import { show } from '@depthwise/core/backend'
import { normal } from './random.ts'
import { type Matrix, pseudoInverse } from './singular-values.ts'

/** A point of the plane. */
export type Point = readonly [x: number, y: number]

/** What is embedded where. */
export interface ManifoldOptions {
  /** Where the layers run. */
  readonly backend: Backend
  /** Dimensions of the spaces the spiral is embedded in. Default those of the paper: 2, 3, 5, 15, 30. */
  readonly n?: readonly number[]
  /** Of the first random matrix; each further one takes the next. Default 1. */
  readonly seed?: number
  /** How many matrices the figures are averaged over. Default 1. */
  readonly seeds?: number
  /** Points of the spiral. Default 400. */
  readonly points?: number
}

/** What becomes of the spiral in a space of `n` dimensions. */
export interface Embedding {
  readonly n: number
  /** The spiral after ReLU and back, by the first matrix. */
  readonly recovered: readonly Point[]
  /** Share of points of which fewer than two units are active, so that they cannot come back: measured over all seeds. */
  readonly fewerThanTwoActive: number
  /** The same, by `fewerThanTwoActive(n)`. */
  readonly expected: number
  /** Share of points of which no unit is active, and `2⁻ⁿ`. */
  readonly noneActive: number
  readonly expectedNone: number
  /**
   * Median over the seeds of the distance from the spiral, as a share of its size, after the best scaling: ReLU lets half of
   * the energy pass, so the spiral comes back at half its size.
   */
  readonly error: number
}

/** What `manifold` returns. */
export interface Manifold {
  readonly spiral: readonly Point[]
  readonly embeddings: readonly Embedding[]
}

/**
 * The chance that fewer than two of `n` random units are active, so that a point of the plane is lost: `(1 + n) / 2ⁿ`. Each
 * unit is active for one half of all directions.
 */
export function fewerThanTwoActive(n: number): number {
  return (1 + n) / 2 ** n
}

/** An Archimedean spiral of two and a half turns, away from the origin. */
export function spiral(points: number): readonly Point[] {
  return Array.from({ length: points }, (_, i): Point => {
    const angle = 5 * Math.PI * ((i + 1) / points)
    const radius = angle / (5 * Math.PI)
    return [radius * Math.cos(angle), radius * Math.sin(angle)]
  })
}

const maxPoints = 65_536

/**
 * Figure 1 of the V2 paper: a spiral in the plane is embedded in n dimensions by a random matrix T of normal numbers, passes a
 * ReLU, and comes back by the pseudo-inverse of T. In few dimensions it comes back crushed, in many whole: the reason why
 * bottlenecks are linear. Both products and the ReLU run on the backend, as layers of a graph.
 * @throws OptionError for dimensions, seeds or points out of their domain; what the backend throws
 */
export async function manifold(options: ManifoldOptions): Promise<Manifold> {
  const { backend, n = [2, 3, 5, 15, 30], seed = 1, seeds = 1, points = 400 } = options
  for (const dimensions of n) checkCount('n', dimensions, 1024)
  checkCount('seeds', seeds, 100_000)
  checkCount('points', points, maxPoints)
  if (!Number.isInteger(seed)) {
    throw new OptionError({ where: 'option seed', expected: 'an integer', found: show(seed) })
  }
  const curve = spiral(points)
  const embeddings: Embedding[] = []
  for (const dimensions of n) embeddings.push(await embed(backend, curve, dimensions, seed, seeds))
  return { spiral: curve, embeddings }
}

async function embed(
  backend: Backend,
  curve: readonly Point[],
  n: number,
  seed: number,
  seeds: number,
): Promise<Embedding> {
  const graph = embeddingGraph(curve.length, n)
  const errors: number[] = []
  let [few, none] = [0, 0]
  let first: readonly Point[] = []
  for (let k = 0; k < seeds; k++) {
    const { active, recovered } = await there(backend, graph, curve, n, seed + k)
    if (k === 0) first = recovered
    few += active.filter(count => count < 2).length
    none += active.filter(count => count === 0).length
    errors.push(scaledError(curve, recovered))
  }
  const all = seeds * curve.length
  return {
    n,
    recovered: first,
    fewerThanTwoActive: few / all,
    expected: fewerThanTwoActive(n),
    noneActive: none / all,
    expectedNone: 2 ** -n,
    error: errors.toSorted((a, b) => a - b)[errors.length >> 1] ?? 0,
  }
}

function embeddingGraph(points: number, n: number): Graph {
  const b = new GraphBuilder()
  const embedded = b.dense(b.input([points, 2], { name: 'spiral' }), { name: 'embed', units: n, bias: false })
  const active = b.relu(embedded, { name: 'active' })
  return b.build([active, b.dense(active, { name: 'recovered', units: 2, bias: false })])
}

/** There and back: how many units each point leaves active, and where it comes back to. */
async function there(backend: Backend, graph: Graph, curve: readonly Point[], n: number, seed: number) {
  const draw = normal(seed)
  // Row by row [2, n]: the same seed gives the same first units in every space.
  const units = Array.from({ length: n }, () => [draw(), draw()])
  const t: Matrix = [0, 1].map(axis => units.map(unit => unit[axis] as number))
  const params: Params = new Map([
    ['embed/weights', tensor([2, n], t.flat())],
    ['recovered/weights', tensor([n, 2], pseudoInverse(t).flat())],
  ])
  await using executable = await backend.compile(graph, params)
  const outputs = await executable.run({ spiral: tensor([curve.length, 2], curve.flat()) })
  const [active, recovered] = [outputs['active'], outputs['recovered']] as [Tensor<'float32'>, Tensor<'float32'>]
  return {
    active: curve.map((_, i) => active.data.subarray(i * n, (i + 1) * n).filter(value => value > 0).length),
    recovered: curve.map((_, i): Point => [recovered.data[2 * i] as number, recovered.data[2 * i + 1] as number]),
  }
}

function scaledError(curve: readonly Point[], recovered: readonly Point[]): number {
  const dot = (a: readonly Point[], b: readonly Point[]): number =>
    a.reduce((sum, [x, y], i) => sum + x * (b[i] as Point)[0] + y * (b[i] as Point)[1], 0)
  const [size, image, cross] = [dot(curve, curve), dot(recovered, recovered), dot(curve, recovered)]
  if (image === 0) return 1
  // |x - s·y|² at its least, s = x·y / y·y.
  return Math.sqrt(Math.max(0, 1 - (cross * cross) / (image * size)))
}

function checkCount(name: string, value: number, max: number): void {
  if (Number.isInteger(value) && value > 0 && value <= max) return
  throw new OptionError({ where: `option ${name}`, expected: `integers from 1 to ${max}`, found: show(value) })
}
