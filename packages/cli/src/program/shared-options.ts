import type { ArithmeticName } from '@depthwise/formats'
import { type Command, Option } from 'commander'
import { backendNames } from '../backends.ts'
import { usualName } from '../checkpoint/usual-name.ts'
import { collect, parseChoice, parseCountOrAuto, parseResolution } from '../options.ts'
import { cropHelp, normalizationHelp, parseCrop, parseNormalization } from '../preprocessing-options.ts'

/** Options that several commands share, and the forms in which they take them. */

const arithmetics = ['integer', 'real'] as const satisfies readonly ArithmeticName[]

/** Takes the exit code of the command that ran. */
export type Done = (code: number) => void

/** An option that takes one of some words. */
export const choice = (flags: string, description: string, choices: readonly string[]): Option =>
  // `choices` is for the help; the parser also names the nearest.
  new Option(flags, description).choices(choices).argParser(parseChoice(choices))

export const checkpoint = (note = ''): Option =>
  new Option(
    '--checkpoint <network>',
    `file, folder, address or published name, or "default" for the built-in network; repeat to chain: each network feeds the next${note}`,
  ).argParser(collect)
export const backend = (): Option =>
  choice('--backend <name>', 'where the network runs', backendNames).default(
    'auto' satisfies (typeof backendNames)[number],
  )
export const threads = (): Option =>
  new Option('--threads <count>', 'threads that share the work of one image on wasm: a number, or auto').argParser(
    parseCountOrAuto,
  )
export const cropping = (): Option => new Option('--crop <name>', cropHelp).argParser(parseCrop)
export const normalizing = (): Option =>
  new Option('--normalize <name>', normalizationHelp).argParser(parseNormalization)
export const force = (): Option => new Option('--force', 'replace existing files')
export const json = (): Option => new Option('--json', 'print one JSON object a line')
export const csv = (description: string, ...conflicts: readonly string[]): Option =>
  new Option('--csv', `print ${description} as comma-separated values`).conflicts(['json', ...conflicts])
export const labels = (): Option => new Option('--labels <file>', 'class names, one a line')
export const resolution = (): Option =>
  new Option('--resolution <pixels>', 'input size as N or HEIGHTxWIDTH, for files that do not state it').argParser(
    parseResolution,
  )
export const arithmetic = (): Option =>
  choice(
    '--arithmetic <name>',
    'of quantised TFLite and ONNX files: that of the integers that they store, or that of reals',
    arithmetics,
  ).default('integer' satisfies (typeof arithmetics)[number])
export const preset = (): Option =>
  choice('--preset <name>', 'library whose channel counts and padding are used', ['keras', 'slim', 'torch']).default(
    'keras',
  )
export const dtype = (): Option =>
  choice('--dtype <name>', 'type of the stored weights and activations', ['float32', 'float16', 'int8']).default(
    'float32',
  )

/** Adds the options of predicted times. */
export const withMachine = (command: Command): Command =>
  command
    .addOption(choice('--predict <backend>', 'calibrate this backend here and predict milliseconds', backendNames))
    .option('--machine <file>', 'file of a calibration: read if it exists, else written')

const images = (command: Command): Command =>
  command.argument(
    '<image...>',
    'files, folders, patterns such as "photos/**/*.jpg", addresses, or - for standard input',
  )

/** Adds the arguments and options of commands that draw what a network finds on images. */
export function withDrawnImages(command: Command, drawn: string): Command {
  return images(command)
    .addOption(checkpoint().makeOptionMandatory())
    .option('--draw <file>', `PNG of the image with ${drawn}; with several images, one for each, named after it`)
    .addOption(backend())
    .addOption(threads())
    .addOption(cropping())
    .addOption(normalizing())
    .addOption(arithmetic())
    .addOption(resolution())
    .addOption(force())
    .addOption(json())
}

/** Adds the arguments and options of commands that run a network on images. */
export function withImages(command: Command): Command {
  return images(command)
    .addOption(checkpoint(`; default: ${usualName}, if \`depthwise fetch ${usualName}\` has downloaded it`))
    .addOption(backend())
    .addOption(threads())
    .addOption(
      new Option(
        '--jobs <count>',
        'images at work at the same time: a number, or auto for one a core where there are many',
      )
        .argParser(parseCountOrAuto)
        .default('auto'),
    )
    .addOption(cropping())
    .addOption(normalizing())
    .addOption(arithmetic())
    .addOption(resolution())
    .addOption(json())
}
