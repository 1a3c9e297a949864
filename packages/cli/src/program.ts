import { Command, Option } from 'commander'
import { backendNames } from './backends.ts'
import { count, names, none, positive, resolution, several, share } from './options.ts'
import { crops, normalizations } from './preprocessing.ts'
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
const json = (): Option => new Option('--json', 'one JSON object a line')
const size = (): Option =>
  new Option('--resolution <pixels>', 'R or HEIGHTxWIDTH, for weights whose file does not tell it').argParser(
    resolution,
  )

/** Adds what every command that feeds pictures to a network takes. */
function withPictures(command: Command): Command {
  return command
    .argument('<image...>', 'pictures: JPEG, PNG, WebP, GIF, TIFF, AVIF')
    .addOption(checkpoint())
    .addOption(backend())
    .addOption(new Option('--crop <name>', 'what the network sees of a picture').choices(crops))
    .addOption(new Option('--normalize <name>', 'what pixels become').choices(normalizations))
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
    .showHelpAfterError('(--help tells more)')
    .configureOutput({
      writeOut: text => stdout.write(text),
      writeErr: text => stderr.write(text),
      outputError: (text, write) => write(`depthwise: ${oneLine(text).replace(/^error: /, '')}\n`),
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
    .requiredOption('--input <file.npy>', 'NHWC; uint8 and int8 are read by the scale and zero point of the checkpoint')
    .requiredOption('--output <file.npy>', 'float32, what the last node of the graph gives')
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
      new Option('--input <kind>', "bytes of pixels, or the network's own values")
        .choices(['uint8-rgb', 'float32'])
        .default('uint8-rgb'),
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
    .addOption(new Option('--crop <name>', 'what the network sees of a picture').choices(crops))
    .addOption(new Option('--normalize <name>', 'what pixels become').choices(normalizations))
    .addOption(size())
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

  program
    .command('cost')
    .description('tell what a MobileNet costs, without weights')
    .addOption(new Option('--model <name>', 'which').choices(['mobilenet_v1', 'mobilenet_v2']).makeOptionMandatory())
    .addOption(new Option('--alpha <alpha>', 'width multiplier').argParser(positive).default(1))
    .addOption(
      new Option('--resolution <pixels>', 'R or HEIGHTxWIDTH').argParser(resolution).default([224, 224], '224'),
    )
    .addOption(
      new Option('--preset <name>', 'whose widths and padding').choices(['keras', 'slim', 'torch']).default('keras'),
    )
    .addOption(new Option('--classes <count>', 'outputs of the classifier').argParser(count).default(1000))
    .option('--per-layer', 'layer by layer')
    .addOption(json())
    .action(async options => done(await (await import('./commands/cost.ts')).cost(options, terminal)))

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
    .option('--image <file>', 'what the network looks at; default: waves')
    .addOption(new Option('--tolerance <share>', "of each layer's largest value; default 1e-4").argParser(share))
    .addOption(new Option('--expose <what>', 'nodes that are compared').choices(['fused', 'all']).default('fused'))
    .option('--save <file>', 'where the smallest part that fails alone is written')
    .addOption(new Option('--repro <file>', 'run such a part again').conflicts(['checkpoint', 'image', 'save']))
    .addOption(json())
    .action(async options => done(await (await import('./commands/parity.ts')).parity(options, terminal)))

  program
    .command('start')
    .description('show it all once: a real network on pictures, on every backend there is')
    .argument('[image...]', 'pictures; default: drawings that come along')
    .option('--checkpoint <path>', 'default: the one that comes along, for drawings', several)
    .action(async (images, options) =>
      done(await (await import('./commands/start.ts')).start(images, options, terminal)),
    )

  return program
}
