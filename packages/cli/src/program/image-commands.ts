import { type Command, Option } from 'commander'
import { collect, parseCount, parseNames } from '../options.ts'
import type { Terminal } from '../terminal.ts'
import { arithmetic, cropping, csv, type Done, labels, normalizing, resolution, withImages } from './shared-options.ts'

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
