import type { Model, Network, Preprocessing, Session } from '@depthwise/core'
import { elementCount } from '@depthwise/core/backend'
import { cost } from '@depthwise/cost'
import { type Classifier, createClassifier, createEmbedder, type Embedder, type PixelImage } from '@depthwise/models'
import { defaults, registry } from './backends.ts'
import type { ModelFacts, Slot } from './protocol.ts'

/** A checkpoint in use. */
export interface Held {
  readonly model: Model
  readonly classifier: Classifier
  readonly facts: ModelFacts
  /** Finds the drawing on a picture; null for networks that take pictures as they are. */
  readonly prepare: ((image: PixelImage) => PixelImage) | null
  /** Goes before what the file states. */
  readonly preprocessing: Partial<Preprocessing>
  embedder: Embedder | null
}

/** How pictures become a model's input, and what its classes are called, where the model does not say. */
export interface HoldOptions {
  readonly labels?: readonly string[]
  readonly preprocessing?: Partial<Preprocessing>
  /** The parts of this that are not stated, but guessed. */
  readonly assumed?: readonly string[]
  readonly prepare?: (image: PixelImage) => PixelImage
}

const held = new Map<Slot, Held>()
/** Sessions of networks that do not classify: they move between backends with the others. */
const others = new Set<Session>()
let chosen: string | null = null

/** @throws an error in words where nothing was loaded yet */
export function heldIn(slot: Slot): Held {
  const one = held.get(slot)
  if (!one) throw new Error(slot === 'photo' ? 'no checkpoint is loaded yet' : 'the drawing network is not loaded yet')
  return one
}

/** Takes a model into use; what was in its place is freed. */
export async function hold(
  slot: Slot,
  model: Model,
  { labels = [], preprocessing: settled = {}, assumed = [], prepare }: HoldOptions,
): Promise<ModelFacts> {
  // What was prepared has been cropped already.
  const preprocessing: Partial<Preprocessing> = prepare ? { ...settled, crop: 'squeeze' } : settled
  const classifier = await createClassifier(model, {
    backends: defaults,
    registry,
    preprocessing,
    ...(labels.length > 0 && { labels }),
  })
  await move(classifier.session)
  const facts = factsOf(model, { task: 'classification', labels: classifier.labels, assumed })
  const before = held.get(slot)
  held.set(slot, { model, classifier, facts, prepare: prepare ?? null, preprocessing, embedder: null })
  if (before) await Promise.all([before.classifier.dispose(), before.embedder?.dispose()])
  return facts
}

/** Frees what is in a slot. */
export async function release(slot: Slot): Promise<void> {
  const before = held.get(slot)
  held.delete(slot)
  await Promise.all([before?.classifier.dispose(), before?.embedder?.dispose()])
}

/** Has a session move with the others from now on, and to where they are. */
export async function follow(session: Session): Promise<void> {
  await move(session)
  others.add(session)
}

export function unfollow(session: Session): void {
  others.delete(session)
}

/** The network of a slot without its classifier, made when it is first asked for. */
export async function embedderOf(one: Held): Promise<Embedder> {
  if (one.embedder) return one.embedder
  const { model, preprocessing } = one
  const embedder = await createEmbedder(model, { backends: defaults, registry, preprocessing })
  await move(embedder.session)
  one.embedder = embedder
  return embedder
}

/** Moves every session to a backend, and those to come. Where one can't, all stay where they were. */
export async function useBackend(name: string): Promise<string> {
  const classifying = [...held.values()].flatMap(({ classifier, embedder }) =>
    embedder ? [classifier.session, embedder.session] : [classifier.session],
  )
  const sessions = [...classifying, ...others]
  const moved: Session[] = []
  try {
    for (const session of sessions) {
      await session.use(name)
      moved.push(session)
    }
  } catch (error) {
    for (const session of moved) await session.use(chosen ?? 'wasm')
    throw error
  }
  chosen = name
  return name
}

/** Backend for work of its own, such as measuring: the one that was chosen. */
export const backendInUse = (): string => chosen ?? 'wasm'

async function move(session: Session): Promise<void> {
  if (chosen !== null && session.backend !== chosen) await session.use(chosen)
}

/** What the page shows of a model. */
export function factsOf(
  { graph, params, metadata }: Model,
  { task, labels, assumed }: Pick<ModelFacts, 'task' | 'labels' | 'assumed'>,
): ModelFacts {
  const input = graph.nodes.find(node => graph.inputs.includes(node.id))
  return {
    name: metadata.name ?? metadata.format ?? 'a network without a name',
    task,
    labels,
    inputShape: input?.shape ?? [],
    params: countParams({ graph, params }),
    macs: cost(graph).total.macs,
    assumed,
    licence: metadata.licence ?? null,
  }
}

const countParams = ({ params }: Network): number =>
  [...params.values()].reduce((sum, { shape }) => sum + elementCount(shape), 0)
