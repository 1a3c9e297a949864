import { type Command, Option } from 'commander'
import { parseNames, parseRatio } from '../options.ts'
import type { Terminal } from '../terminal.ts'
import {
  arithmetic,
  checkpoint,
  choice,
  cropping,
  csv,
  type Done,
  force,
  json,
  normalizing,
  resolution,
} from './shared-options.ts'

/** Adds the commands that list and compare backends. */
export function addBackendCommands(program: Command, terminal: Terminal, done: Done): void {
  program
    .command('backends')
    .description('list the backends that run here, and why others do not')
    .addOption(json())
    .addOption(csv('a row for each backend'))
    .action(async options => done(await (await import('../commands/backends.ts')).backends(options, terminal)))

  program
    .command('parity')
    .description('compare backends node by node, and find the first node where they differ')
    .addOption(checkpoint())
    .addOption(
      new Option('--backends <names>', 'the reference, then the backends that are compared with it')
        .argParser(parseNames)
        .default(['reference', 'wasm'], 'reference,wasm'),
    )
    .addOption(arithmetic())
    .addOption(resolution())
    .option('--image <file>', 'image that the network gets; default: a pattern of waves')
    .addOption(cropping())
    .addOption(normalizing())
    .addOption(
      new Option(
        '--tolerance <ratio>',
        "largest difference, relative to each layer's largest value; default 1e-4",
      ).argParser(parseRatio),
    )
    .addOption(choice('--expose <which>', 'nodes that are compared', ['fused', 'all']).default('fused'))
    .option('--save <file>', 'write the smallest part of the network that fails by itself')
    .addOption(force())
    .addOption(
      new Option('--repro <file>', 'run a part that --save wrote').conflicts([
        'checkpoint',
        'image',
        'save',
        'resolution',
        'crop',
        'normalize',
      ]),
    )
    .addOption(json())
    .addOption(csv('a row for each node', 'repro'))
    .action(async options => done(await (await import('../commands/parity.ts')).parity(options, terminal)))
}
