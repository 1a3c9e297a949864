import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { FileError } from '../failure.ts'

/** Where sample networks and photos lie: beside the folder the command is started in. */
const shared = join('..', 'shared')
const checkpointFolder = join(shared, 'checkpoints')
const photoFolder = join(shared, 'photos')

/** The networks to show, the best first. */
const checkpoints: readonly (readonly string[])[] = [
  ['mobilenet_v2_1.0_224_float'],
  ['mobilenet_v2_1.0_224_quant.tflite'],
  ['mobilenet_v1_0.25_224_1_default_1.tflite'],
]

/** Photos to show, the clearest first. */
const photos: readonly string[] = ['parrot.jpg', 'burger.jpg', 'bird.png', 'cat.png']

/**
 * Paths of a sample network.
 * @throws FileError saying what is missing and what to do instead
 */
export async function sampleCheckpoint(): Promise<readonly string[]> {
  const there = await list(checkpointFolder)
  const found = checkpoints.find(files => files.every(file => there.includes(file)))
  if (found) return found.map(file => join(checkpointFolder, file))
  throw missing('a network', checkpointFolder, checkpoints.flat(), '--checkpoint PATH')
}

/**
 * Path of a sample photo.
 * @throws FileError saying what is missing and what to do instead
 */
export async function samplePhoto(): Promise<string> {
  const there = await list(photoFolder)
  const found = photos.find(file => there.includes(file))
  if (found) return join(photoFolder, found)
  throw missing('a picture', photoFolder, photos, 'IMAGE')
}

const list = (folder: string): Promise<readonly string[]> => readdir(folder).catch(() => [])

function missing(what: string, folder: string, files: readonly string[], instead: string): FileError {
  return new FileError({
    where: folder,
    expected: `${what} to show, one of ${files.join(', ')}`,
    found: `none; name your own: depthwise start ${instead}`,
  })
}
