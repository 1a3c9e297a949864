import { type Command, Option } from 'commander'
import { collect, parseCount, parseZero } from '../options.ts'
import type { Terminal } from '../terminal.ts'
import { storedDTypes } from '../write/stored-dtype.ts'
import { libraries, quantizedTargets, targets } from '../write/targets.ts'
import {
  arithmetic,
  backend,
  checkpoint,
  choice,
  cropping,
  csv,
  type Done,
  force,
  json,
  labels,
  normalizing,
  resolution,
  threads,
} from './shared-options.ts'

/** Names of the methods for ranges, as `quantize` of the models has them. */
const rangeChoices = ['auto', 'minMax', 'percentile', 'mse']

/** An option for something that is done where it helps, always, or never. */
const onOrOff = (flags: string, description: string): Option =>
  choice(flags, `${description}; auto: where it helps`, ['auto', 'on', 'off']).default('auto')

/** Adds the commands that run, show, convert, compile and download networks. */
export function addCheckpointCommands(program: Command, terminal: Terminal, done: Done): void {
  program
    .command('run')
    .description('run a network on raw .npy tensors, without pre- or post-processing')
    .addOption(checkpoint().makeOptionMandatory())
    .addOption(
      new Option(
        '--input <file>',
        '.npy in NHWC: reals, or the bytes that a quantised network stores. NAME=FILE for each of several inputs',
      )
        .argParser(collect)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option(
        '--output <file>',
        ".npy in the network's own type. NAME=FILE for each of several outputs, or one .npz for all",
      )
        .argParser(collect)
        .makeOptionMandatory(),
    )
    .addOption(
      choice('--expose <which>', 'values that are written: the outputs, or all that are computed', [
        'outputs',
        'all',
      ]).default('outputs'),
    )
    .option('--real', 'write quantised values as the reals they stand for, in float32')
    .addOption(resolution())
    .addOption(arithmetic())
    .addOption(force())
    .addOption(backend())
    .addOption(threads())
    .action(async options => done(await (await import('../commands/run.ts')).run(options, terminal)))

  program
    .command('inspect')
    .description('show the layers of a checkpoint')
    .argument('<network...>', 'file, folder, address or published name; several are chained')
    .addOption(resolution())
    .addOption(arithmetic())
    .addOption(json())
    .addOption(csv('a row for each layer'))
    .action(async (paths, options) =>
      done(await (await import('../commands/inspect.ts')).inspect(paths, options, terminal)),
    )

  program
    .command('convert')
    .description('write a checkpoint in another format')
    .argument('<path...>', 'one or several networks that are chained, and last the file to write')
    .addOption(choice('--to <format>', 'format of the file; default: by its extension', targets))
    .addOption(
      choice(
        '--dtype <name>',
        'type numbers are stored as; float16 halves the file, and is not for ONNX and TFLite',
        storedDTypes,
      ).default('float32'),
    )
    .addOption(
      choice(
        '--names <library>',
        'library whose names weights get; default: the one that builds the network',
        libraries,
      ),
    )
    .addOption(
      choice(
        '--arithmetic <name>',
        'of quantised networks: integer keeps them so, for .depthwise only and its default; real writes what they stand for',
        ['integer', 'real'],
      ),
    )
    .addOption(resolution())
    .addOption(force())
    .action(async (paths, options) =>
      done(await (await import('../commands/convert.ts')).convert(paths, options, terminal)),
    )

  program
    .command('quantize')
    .description('write a network of reals as one of integers, calibrated on images')
    .argument('<network...>', 'file, folder, address or published name; several are chained')
    .addOption(
      new Option('--images <path>', 'images to calibrate on: a file, folder, pattern or address; repeat for more')
        .argParser(collect)
        .makeOptionMandatory(),
    )
    .requiredOption('-o, --output <file>', 'the file to write: .tflite, .onnx or .depthwise')
    .addOption(
      new Option('--held-out <path>', 'images to compare answers on; default: every fifth of ten and more').argParser(
        collect,
      ),
    )
    .addOption(choice('--to <format>', 'format of the file; default: by its extension', quantizedTargets))
    .addOption(
      choice('--ranges <method>', 'how ranges of values are chosen; auto: by measuring', rangeChoices).default('auto'),
    )
    .addOption(onOrOff('--equalization <when>', 'scale channels that share a range'))
    .addOption(onOrOff('--bias-correction <when>', 'make up for what rounding does to means'))
    .addOption(onOrOff('--rounding <when>', 'round weights by the covariance of what they multiply'))
    .addOption(new Option('--trials <count>', 'images that choices are measured on').argParser(parseCount).default(8))
    .addOption(cropping())
    .addOption(normalizing())
    .addOption(resolution())
    .addOption(json())
    .addOption(force())
    .action(async (paths, options) =>
      done(await (await import('../commands/quantize.ts')).quantizeNetwork(paths, options, terminal)),
    )

  program
    .command('compile')
    .description('write a network as one WebAssembly module with a loader, for places that forbid generating code')
    .addOption(checkpoint().makeOptionMandatory())
    .requiredOption('-o, --output <folder>', 'folder of the files')
    .option('--name <name>', 'name of the files; default: that of the checkpoint')
    .option('--both', 'modules with and without relaxed SIMD; the loader takes what the engine can run (default)')
    .option('--plain', 'only the module without relaxed SIMD')
    .option('--relaxed', 'only the module with relaxed SIMD')
    .addOption(
      choice('--input <kind>', "bytes of pixels (default for RGB images), or the network's own values", [
        'uint8-rgb',
        'float32',
      ]),
    )
    .addOption(
      new Option('--top <count>', 'return this many predictions instead of the whole output').argParser(parseCount),
    )
    .addOption(labels())
    .option('--split', 'keep weights in a separate file, which both modules share')
    .addOption(
      choice('--dtype <name>', 'type weights are stored as; float16 halves the files', storedDTypes).default('float32'),
    )
    .addOption(
      new Option('--threads <count>', 'only 0: the module runs on the thread that calls it')
        .argParser(parseZero)
        .default(0),
    )
    .addOption(cropping())
    .addOption(normalizing())
    .addOption(arithmetic())
    .addOption(resolution())
    .addOption(force())
    .action(async options => done(await (await import('../commands/compile.ts')).compile(options, terminal)))

  program
    .command('checkpoints')
    .description('list the published checkpoints that --checkpoint and fetch know by name')
    .addOption(json())
    .addOption(csv('a row for each checkpoint'))
    .action(async options => done(await (await import('../commands/checkpoints.ts')).checkpoints(options, terminal)))

  program
    .command('fetch')
    .description('download a checkpoint, unless it is in the cache, and print its path')
    .argument(
      '<name|url>',
      'a name that `depthwise checkpoints` lists, a plain one such as mobilenet_v2_1.0_224, or an address',
    )
    .option('--sha256 <hex>', 'checksum that the file must have; default: the published one, where known')
    .option('--cache <folder>', "folder for downloads; default: depthwise in the user's cache folder")
    .action(async (what, options) => done(await (await import('../commands/fetch.ts')).fetch(what, options, terminal)))
}
