// The page of same-answers-page-system.test.ts: classifies images with a network, both by address.
import { load } from 'depthwise'

declare global {
  var probabilities: (network: string, images: readonly string[]) => Promise<readonly (readonly number[])[]>
}

globalThis.probabilities = async (network, images) => {
  const net = await load(network)
  const answers: number[][] = []
  for (const image of images) answers.push([...(await net.probabilities(image))])
  await net.close()
  return answers
}
