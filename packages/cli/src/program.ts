import { Command, Option } from 'commander'
import { backendNames } from './backends.ts'
import {
  amount,
  count,
  counts,
  names,
  networkNames,
  none,
  positive,
  positives,
  resolution,
  several,
  share,
  whole,
} from './options.ts'
import { crop, cropHelp, normalization, normalizationHelp } from './preprocessing-options.ts'
import { oneLine, type Terminal } from './terminal.ts'
import { libraries, targets } from './write/targets.ts'

const checkpoint = (): Option =>
  new Option(
    '--checkpoint <path>',
    'file or folder of the network, or "default"; given twice, the second follows the first',
  )
    .argParser(several)
    .makeOptionMandatory()
const backend = (): Option =>
  new Option('--backend <name>', 'where it runs')
    .choices(backendNames)
    .default('auto' satisfies (typeof backendNames)[number])
const cropping = (): Option => new Option('--crop <name>', cropHelp).argParser(crop)
const normalizing = (): Option => new Option('--normalize <name>', normalizationHelp).argParser(normalization)
const force = (): Option => new Option('--force', 'replace files that exist')
const json = (): Option => new Option('--json', 'one JSON object a line')
const size = (): Option =>
  new Option('--resolution <pixels>', 'input size as N or HEIGHTxWIDTH, for files that do not state it').argParser(
    resolution,
  )

/** Adds what every command that feeds pictures to a network takes. */
function withPictures(command: Command): Command {
  return command
    .argument('<image...>', 'pictures: JPEG, PNG, WebP, GIF, TIFF, AVIF, BMP, PPM')
    .addOption(checkpoint())
    .addOption(backend())
    .addOption(cropping())
    .addOption(normalizing())
    .addOption(size())
    .addOption(json())
}

/**
 * The command line: its commands and options. What a command does is loaded when it is called, so that `--help` costs
 * nothing.
 * @param done hears of the exit code of the command that ran
 */
export function createProgram(terminal: Terminal, version: string, done: (code: number) => void): Command {
  const { stdout, stderr } = terminal.streams
  const program = new Command('depthwise')
    .description('MobileNet V1 and V2: classify and embed pictures, run and inspect networks, and tell what they cost.')
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: text => stdout.write(text),
      writeErr: text => stderr.write(text),
      outputError: (text, write) => write(`depthwise: ${inWords(text, program)}\n`),
      getOutHelpWidth: () => stdout.columns ?? 100,
      getErrHelpWidth: () => stderr.columns ?? 100,
    })

  withPictures(program.command('classify').description('tell what is on each picture'))
    .addOption(new Option('--top <count>', 'predictions a picture').argParser(count).default(5))
    .option('--labels <file>', 'class names, one a line')
    .addOption(new Option('--among <names>', 'the only classes that come into question, as in 0,1,2').argParser(names))
    .action(async (images, options) =>
      done(await (await import('./commands/classify.ts')).classify(images, options, terminal)),
    )

  withPictures(program.command('embed').description('turn each picture into a vector of length 1')).action(
    async (images, options) => done(await (await import('./commands/embed.ts')).embed(images, options, terminal)),
  )

  program
    .command('run')
    .description('run a tensor through a network, nothing prepared and nothing interpreted')
    .addOption(checkpoint())
    .addOption(
      new Option(
        '--input <file>',
        '.npy in NHWC; uint8 and int8 are read by the scale and zero point of the checkpoint. NAME=FILE for each of several inputs',
      )
        .argParser(several)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--output <file>', '.npy in float32. NAME=FILE for each of several outputs, or one .npz for all')
        .argParser(several)
        .makeOptionMandatory(),
    )
    .addOption(size())
    .addOption(force())
    .addOption(backend())
    .action(async options => done(await (await import('./commands/run.ts')).run(options, terminal)))

  program
    .command('inspect')
    .description('show the layers of a checkpoint')
    .argument('<path...>', 'file or folder; several follow each other')
    .addOption(size())
    .addOption(json())
    .action(async (paths, options) =>
      done(await (await import('./commands/inspect.ts')).inspect(paths, options, terminal)),
    )

  program
    .command('convert')
    .description('write a checkpoint as a file of another kind')
    .argument('<path...>', 'files or folders that follow each other, and last the file that is written')
    .addOption(new Option('--to <format>', 'default: as the ending of the file says').choices(targets))
    .option('--float16', 'store numbers as halves: a file of half the size; not for ONNX')
    .addOption(
      new Option(
        '--names <library>',
        'whose names bare weights get; default: of the one that builds the network',
      ).choices(libraries),
    )
    .addOption(size())
    .addOption(force())
    .action(async (paths, options) =>
      done(await (await import('./commands/convert.ts')).convert(paths, options, terminal)),
    )

  program
    .command('compile')
    .description('write a network as a WebAssembly module of its own, for places where no code may be generated')
    .addOption(checkpoint())
    .requiredOption('-o, --output <folder>', 'where its files go')
    .option('--name <name>', 'what they are called; default: as the checkpoint')
    .option('--both', 'modules with and without relaxed SIMD; engines load what they can run (default)')
    .option('--plain', 'the module without relaxed SIMD alone')
    .option('--relaxed', 'the module with relaxed SIMD alone')
    .addOption(
      new Option(
        '--input <kind>',
        "bytes of pixels (default, where the network takes RGB images), or the network's own values",
      ).choices(['uint8-rgb', 'float32']),
    )
    .addOption(new Option('--top <count>', 'predictions, in place of the whole output').argParser(count))
    .option('--labels <file>', 'class names, one a line')
    .option('--split', 'weights in a file of their own, one for both modules')
    .option('--float16', 'store weights as halves: files of about half the size')
    .addOption(
      new Option('--threads <count>', "beside the caller's: none, so that nothing is imported")
        .argParser(none)
        .default(0),
    )
    .addOption(cropping())
    .addOption(normalizing())
    .addOption(size())
    .addOption(force())
    .action(async options => done(await (await import('./commands/compile.ts')).compile(options, terminal)))

  program
    .command('checkpoints')
    .description('list published checkpoints that can be fetched')
    .addOption(json())
    .action(async options => done(await (await import('./commands/checkpoints.ts')).checkpoints(options, terminal)))

  program
    .command('fetch')
    .description('fetch a checkpoint from the web, and print where it lies; no other command uses the network')
    .argument('<name|url>', 'as `depthwise checkpoints` lists it, or an address')
    .option('--sha256 <hex>', 'what the file must hash to; default: as listed')
    .option('--cache <folder>', 'where it is kept; default: depthwise in the cache folder of the user')
    .action(async (what, options) => done(await (await import('./commands/fetch.ts')).fetch(what, options, terminal)))

  const withMachine = (command: Command): Command =>
    command
      .addOption(new Option('--predict <backend>', 'calibrate it, and foretell milliseconds').choices(backendNames))
      .option('--machine <file>', 'where what was calibrated is kept: read if it is there, else written')
  const dtype = (): Option =>
    new Option('--dtype <name>', 'what is stored').choices(['f32', 'f16', 'int8']).default('f32')
  const preset = (): Option =>
    new Option('--preset <name>', 'whose widths and padding').choices(['keras', 'slim', 'torch']).default('keras')
  const models = (): Option =>
    new Option('--model <names>', 'with a comma between; default: both').argParser(networkNames)

  withMachine(
    program
      .command('cost')
      .description('tell what a network costs, without weights: a MobileNet, or any checkpoint')
      .addOption(new Option('--model <name>', 'which').choices(['mobilenet_v1', 'mobilenet_v2']))
      .addOption(
        new Option('--checkpoint <path>', 'the graph of a file instead; given twice, the second follows the first')
          .argParser(several)
          .conflicts(['model', 'compare', 'alpha', 'preset', 'classes']),
      ),
  )
    .addOption(new Option('--alpha <alpha>', 'width multiplier').argParser(positive).default(1))
    .addOption(
      new Option(
        '--resolution <pixels>',
        'input size as N or HEIGHTxWIDTH; default: 224, or as the checkpoint states',
      ).argParser(resolution),
    )
    .addOption(preset())
    .addOption(new Option('--classes <count>', 'outputs of the classifier').argParser(count).default(1000))
    .addOption(
      new Option('--convention <name>', 'how operations are counted')
        .choices(['paper', 'keras', 'torch', 'fvcore', 'thop', 'ptflops'])
        .default('paper'),
    )
    .addOption(dtype())
    .option('--per-layer', 'layer by layer')
    .option('--compare', 'V1 and V2 side by side, and with standard convolutions')
    .addOption(
      new Option('--memory <schedule>', 'what must be in memory at once').choices(['layers', 'fused', 'bands']),
    )
    .option('--plot <file>', 'who is in memory when, as .svg or .png')
    .addOption(force())
    .addOption(json())
    .action(async options => done(await (await import('./commands/cost.ts')).cost(options, terminal)))

  withMachine(
    program
      .command('sweep')
      .description('tell what many networks cost: alpha x resolution x version, the published ones by default')
      .addOption(models())
      .addOption(new Option('--alpha <numbers>', 'with commas between').argParser(positives))
      .addOption(new Option('--resolution <numbers>', 'with commas between').argParser(counts))
      .addOption(preset())
      .addOption(dtype()),
  )
    .option('--measure', 'and run each, to see whether it was true')
    .addOption(
      new Option('--format <name>', 'how it is written').choices(['table', 'csv', 'json', 'markdown']).default('table'),
    )
    .option('--output <file>', 'where it is written; default: stdout')
    .addOption(force())
    .option('--plot <file>', 'accuracy against cost, or with --measure predicted against measured, as .svg or .png')
    .addOption(
      new Option('--against <cost>', 'cost that is plotted')
        .choices(['macs', 'params', 'bytes', 'milliseconds'])
        .default('macs'),
    )
    .action(async options => done(await (await import('./commands/sweep.ts')).sweep(options, terminal)))

  withMachine(
    program
      .command('pick')
      .description('pick the best published network within some limits')
      .addOption(models())
      .addOption(new Option('--max-milliseconds <ms>', 'of one run, foretold for this machine').argParser(positive))
      .addOption(new Option('--max-macs <count>', 'multiply-accumulates').argParser(amount))
      .addOption(new Option('--max-params <count>', 'trainable parameters').argParser(amount))
      .addOption(new Option('--max-bytes <count>', 'weights and activations at their peak').argParser(amount))
      .addOption(new Option('--min-top1 <percent>', 'published top-1 accuracy').argParser(positive)),
  )
    .addOption(json())
    .action(async options => done(await (await import('./commands/pick.ts')).pick(options, terminal)))

  program
    .command('manifold')
    .description('show what a ReLU leaves of a spiral in n dimensions: figure 1 of the V2 paper')
    .addOption(new Option('--n <numbers>', 'dimensions').argParser(counts).default([2, 3, 5, 15, 30], '2,3,5,15,30'))
    .addOption(new Option('--seed <number>', 'of the first random matrix').argParser(whole).default(1))
    .addOption(new Option('--seeds <count>', 'matrices the figures are averaged over').argParser(count).default(100))
    .addOption(backend())
    .option('--plot <file>', 'the figure, as .svg or .png')
    .addOption(force())
    .addOption(json())
    .action(async options => done(await (await import('./commands/manifold.ts')).manifold(options, terminal)))

  program
    .command('backends')
    .description('tell what can run here, and why the rest cannot')
    .addOption(json())
    .action(async options => done(await (await import('./commands/backends.ts')).backends(options, terminal)))

  program
    .command('parity')
    .description('tell whether backends agree, node by node, and where they first do not')
    .addOption(checkpoint().makeOptionMandatory(false))
    .addOption(
      new Option('--backends <names>', 'the first is believed, the others are compared with it')
        .argParser(names)
        .default(['reference', 'wasm'], 'reference,wasm'),
    )
    .addOption(size())
    .option('--image <file>', 'what the network looks at; default: waves')
    .addOption(cropping())
    .addOption(normalizing())
    .addOption(new Option('--tolerance <share>', "of each layer's largest value; default 1e-4").argParser(share))
    .addOption(new Option('--expose <what>', 'nodes that are compared').choices(['fused', 'all']).default('fused'))
    .option('--save <file>', 'where the smallest part that fails alone is written')
    .addOption(force())
    .addOption(
      new Option('--repro <file>', 'run such a part again').conflicts([
        'checkpoint',
        'image',
        'save',
        'resolution',
        'crop',
        'normalize',
      ]),
    )
    .addOption(json())
    .action(async options => done(await (await import('./commands/parity.ts')).parity(options, terminal)))

  program
    .command('start')
    .description('show it all once: a real network on pictures, on every backend there is')
    .argument('[image...]', 'pictures; default: drawings that come along')
    .option('--checkpoint <path>', 'default: the one that comes along, for drawings', several)
    .option('--labels <file>', 'class names, one a line')
    .addOption(cropping())
    .addOption(normalizing())
    .addOption(size())
    .action(async (images, options) =>
      done(await (await import('./commands/start.ts')).start(images, options, terminal)),
    )

  for (const command of [program, ...program.commands]) {
    const name = [command.parent?.name(), command.name()].filter(Boolean).join(' ')
    command.showHelpAfterError(`See ${name} --help.`)
  }
  return program
}

/** A complaint of commander's in one line; of an unknown command with the nearest one, or with all. */
function inWords(text: string, program: Command): string {
  const line = oneLine(text).replace(/^error: /, '')
  if (!line.startsWith('unknown command ')) return line
  const all = program.commands.map(command => command.name()).join(', ')
  return line.includes('Did you mean') ? line.replace(/; \((.*)\)$/, '. $1') : `${line}. Commands: ${all}`
}
