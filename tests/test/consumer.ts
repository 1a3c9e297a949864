// What a user of the packages writes: installed from tarballs, type-checked, run by every Node and bundled for a page.
import { type Session, type Tensor, zeros } from '@depthwise/core'
import { paramSpecs } from '@depthwise/core/backend'
import { createClassifier, mobileNetV2, type PixelImage } from '@depthwise/models'
import { imagenetLabels1000 } from '@depthwise/models/labels'
import { reference } from '@depthwise/ops-cpu'

/** Classifies a grey image with a network of zeros, which finds all classes equally likely; resolves to what it says. */
export async function classify(): Promise<string> {
  const graph = mobileNetV2({ alpha: 0.35, resolution: 32 })
  const params = new Map<string, Tensor>(paramSpecs(graph).map(({ name, shape }) => [name, zeros(shape)]))
  const model = { graph, params, metadata: {} }
  const image: PixelImage = { width: 4, height: 3, channels: 3, data: new Uint8Array(36).fill(128) }
  const classifier = await createClassifier(model, { backends: [reference()], labels: imagenetLabels1000 })
  const session: Session = classifier.session
  const [best] = await classifier.classify(image, { top: 1 })
  await session.dispose()
  return `${best?.label} ${best?.probability.toFixed(4)} on ${session.backend}`
}

export const expected = 'tench, Tinca tinca 0.0010 on reference'
