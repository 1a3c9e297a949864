import type { SegmentationSize } from '@depthwise/models/heads'
import { type Command, Option } from 'commander'
import { collect, parseCount, parseNames, parseShare } from '../options.ts'
import type { Terminal } from '../terminal.ts'
import {
  arithmetic,
  choice,
  cropping,
  csv,
  type Done,
  labels,
  normalizing,
  resolution,
  withDrawnImages,
  withImages,
} from './shared-options.ts'

const threshold = (what: string): Option =>
  new Option('--threshold <share>', `least score of ${what}; default: by the kind of network`).argParser(parseShare)
const mostResults = (what: string): Option =>
  new Option('--max-results <count>', `most ${what} of an image`).argParser(parseCount)

/** Adds the commands that run a network on images. */
export function addImageCommands(program: Command, terminal: Terminal, done: Done): void {
  withImages(program.command('classify').description('print the most probable classes of each image'))
    .addOption(csv('image,rank,index,label,probability'))
    .addOption(new Option('--top <count>', 'predictions for each image').argParser(parseCount).default(5))
    .addOption(labels())
    .addOption(
      new Option('--among <names>', 'restrict predictions to these classes, as in 0,1,2').argParser(parseNames),
    )
    .action(async (images, options) =>
      done(await (await import('../commands/classify.ts')).classify(images, options, terminal)),
    )

  withImages(program.command('embed').description('print the features of each image, as a vector of length 1'))
    .addOption(csv('a row of numbers for each image'))
    .action(async (images, options) =>
      done(await (await import('../commands/embed.ts')).embed(images, options, terminal)),
    )

  withDrawnImages(
    program.command('detect').description('print the objects on each image, with their boxes in pixels'),
    'its boxes',
  )
    .addOption(threshold('objects'))
    .addOption(new Option('--iou <share>', 'overlap beyond which boxes are one object').argParser(parseShare))
    .addOption(mostResults('objects'))
    .addOption(labels())
    .action(async (images, options) =>
      done(await (await import('../commands/detect.ts')).detect(images, options, terminal)),
    )

  withDrawnImages(
    program.command('segment').description('print the classes of the pixels of each image'),
    'the colours of its classes',
  )
    .option('--output <file>', 'PNG whose pixels are the indices of classes; with several images, one for each')
    .addOption(
      choice('--size <name>', "of the output: the image's, or that of the network's output", [
        'image',
        'network',
      ]).default('image' satisfies NonNullable<SegmentationSize['size']>),
    )
    .addOption(labels())
    .action(async (images, options) =>
      done(await (await import('../commands/segment.ts')).segment(images, options, terminal)),
    )

  withDrawnImages(
    program.command('keypoints').description('print the keypoints of people or faces on each image'),
    'its keypoints',
  )
    .addOption(threshold('poses'))
    .addOption(mostResults('poses'))
    .action(async (images, options) =>
      done(await (await import('../commands/keypoints.ts')).keypoints(images, options, terminal)),
    )

  program
    .command('start')
    .description('show everything once: classify images on every backend, compare the answers and the times')
    .argument('[image...]', 'files, folders, patterns, addresses or -; default: the drawings of this package')
    .option('--checkpoint <network>', 'default: the built-in network, which knows drawings', collect)
    .addOption(labels())
    .addOption(cropping())
    .addOption(normalizing())
    .addOption(arithmetic())
    .addOption(resolution())
    .action(async (images, options) =>
      done(await (await import('../commands/start.ts')).start(images, options, terminal)),
    )
}
