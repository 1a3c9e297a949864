import { publishedCheckpoints } from '@depthwise/models/published'

/** Every name that `--checkpoint` and `fetch` take: those of the list, and the plain ones such as `mobilenet_v2_1.0_224`. */
export function publishedNames(): readonly string[] {
  const plain = publishedCheckpoints.map(({ architecture: { network, alpha, resolution } }) => {
    const width = Number.isInteger(alpha) ? alpha.toFixed(1) : `${alpha}`
    return `${network}_${width}_${resolution}`
  })
  return [...new Set([...plain, ...publishedCheckpoints.map(({ name }) => name)])]
}
