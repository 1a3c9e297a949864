import type { PublishedNetwork } from '@depthwise/cost'
import type { NetworkName } from '@depthwise/models'
import { type Command, Option } from 'commander'
import {
  collect,
  parseAmount,
  parseChoices,
  parseCount,
  parseCounts,
  parseInteger,
  parsePositive,
  parsePositives,
  parseResolution,
} from '../options.ts'
import { sweepFormats } from '../sweep-tables.ts'
import type { Terminal } from '../terminal.ts'
import {
  arithmetic,
  backend,
  choice,
  csv,
  type Done,
  dtype,
  force,
  json,
  preset,
  withMachine,
} from './shared-options.ts'

/** Of `cost`. A table over all names, so that a network without its row does not compile. */
const networks = Object.keys({ mobilenet_v1: true, mobilenet_v2: true } satisfies {
  readonly [N in NetworkName]: true
}) as NetworkName[]
/** Of `sweep` and `pick`. */
const published = ['mobilenet_v1', 'mobilenet_v2'] as const satisfies readonly PublishedNetwork[]

/** Adds the commands that compute, predict and plot what networks cost. */
export function addCostCommands(program: Command, terminal: Terminal, done: Done): void {
  const models = (): Option =>
    new Option('--model <names>', 'mobilenet_v1, mobilenet_v2, or both separated by a comma; default: both').argParser(
      parseChoices(published),
    )

  withMachine(
    program
      .command('cost')
      .description('show MACs, parameters and memory of a network: a MobileNet by name, or any checkpoint')
      .addOption(choice('--model <name>', 'the network', networks))
      .addOption(
        new Option('--checkpoint <network>', 'a checkpoint instead; repeat to chain: each network feeds the next')
          .argParser(collect)
          .conflicts(['model', 'compare', 'alpha', 'preset', 'classes']),
      ),
  )
    .addOption(new Option('--alpha <alpha>', 'width multiplier').argParser(parsePositive).default(1))
    .addOption(
      new Option(
        '--resolution <pixels>',
        'input size as N or HEIGHTxWIDTH; default: 224, or as the checkpoint states',
      ).argParser(parseResolution),
    )
    .addOption(preset())
    .addOption(new Option('--classes <count>', 'outputs of the classifier').argParser(parseCount).default(1000))
    .addOption(
      choice('--convention <name>', 'how operations are counted', [
        'paper',
        'keras',
        'torch',
        'fvcore',
        'thop',
        'ptflops',
      ]).default('paper'),
    )
    .addOption(dtype())
    .addOption(arithmetic())
    .option('--per-layer', 'also show each layer')
    .option('--compare', 'also compare V1 and V2, each with standard convolutions too')
    .addOption(
      choice('--memory <schedule>', 'also show how much memory is needed at once', ['layers', 'fused', 'bands']),
    )
    .option('--plot <file>', 'draw memory over time, as .svg or .png')
    .addOption(force())
    .addOption(json())
    .addOption(csv('a row for each layer', 'compare', 'memory', 'perLayer'))
    .action(async options => done(await (await import('../commands/cost.ts')).cost(options, terminal)))

  withMachine(
    program
      .command('sweep')
      .description('show the cost of many networks: alpha x resolution x version, by default the published ones')
      .addOption(models())
      .addOption(new Option('--alpha <numbers>', 'width multipliers separated by commas').argParser(parsePositives))
      .addOption(new Option('--resolution <numbers>', 'input sizes separated by commas').argParser(parseCounts))
      .addOption(preset())
      .addOption(dtype()),
  )
    .option('--measure', 'also run each network and compare its time with the prediction')
    .addOption(choice('--format <name>', 'format of the output', sweepFormats).default('table'))
    .addOption(new Option('--json', 'as --format json').conflicts('format'))
    .addOption(new Option('--csv', 'as --format csv').conflicts(['format', 'json']))
    .option('--output <file>', 'file for the output; default: stdout')
    .addOption(force())
    .option('--plot <file>', 'draw accuracy over cost, or with --measure predicted over measured, as .svg or .png')
    .addOption(
      choice('--against <cost>', 'cost that is plotted', ['macs', 'params', 'bytes', 'milliseconds']).default('macs'),
    )
    .action(async options => done(await (await import('../commands/sweep.ts')).sweep(options, terminal)))

  withMachine(
    program
      .command('pick')
      .description('find the most accurate published networks within limits')
      .addOption(models())
      .addOption(new Option('--max-milliseconds <ms>', 'predicted time of one run here').argParser(parsePositive))
      .addOption(new Option('--max-macs <count>', 'multiply-accumulates').argParser(parseAmount))
      .addOption(new Option('--max-params <count>', 'trainable parameters').argParser(parseAmount))
      .addOption(new Option('--max-bytes <count>', 'weights, and activations at their peak').argParser(parseAmount))
      .addOption(new Option('--min-top1 <percent>', 'published top-1 accuracy').argParser(parsePositive)),
  )
    .addOption(json())
    .addOption(csv('a row for each network'))
    .action(async options => done(await (await import('../commands/pick.ts')).pick(options, terminal)))

  program
    .command('manifold')
    .description('show how much of a spiral survives a ReLU in n dimensions: figure 1 of the V2 paper')
    .addOption(
      new Option('--n <numbers>', 'dimensions').argParser(parseCounts).default([2, 3, 5, 15, 30], '2,3,5,15,30'),
    )
    .addOption(new Option('--seed <number>', 'seed of the first random matrix').argParser(parseInteger).default(1))
    .addOption(
      new Option('--seeds <count>', 'matrices that the figures are averaged over').argParser(parseCount).default(100),
    )
    .addOption(backend())
    .option('--plot <file>', 'draw the figure, as .svg or .png')
    .addOption(force())
    .addOption(json())
    .addOption(csv('a row for each dimension'))
    .action(async options => done(await (await import('../commands/manifold.ts')).manifold(options, terminal)))
}
