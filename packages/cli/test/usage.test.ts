import { depthwise } from '@depthwise/testing/command'
import { describe, expect, test } from 'vitest'

/** A command line that is right but for what a case adds; nothing of it is ever read. */
const classify = ['classify', 'a.png', '--checkpoint', 'net']
const cost = ['cost', '--model', 'mobilenet_v1']

describe('a wrong command line ends with 2, one line of reason and a hint', () => {
  test.each<[reason: string, args: string[]]>([
    ["unknown command 'classfy'", ['classfy']],
    ["unknown option '--speed'", [...classify, '--speed']],
    ["missing required argument 'image'", ['classify', '--checkpoint', 'net']],
    ["unknown option '--chekpoint'. Did you mean --checkpoint?", ['classify', 'a.png', '--chekpoint', 'net']],
    ["unknown option '--per-leyer'. Did you mean --per-layer?", [...cost, '--per-leyer']],
    ["required option '--checkpoint <network>' not specified", ['run', '--input', 'in.npy', '--output', 'out.npy']],
    ["option '--csv' cannot be used with option '--json'", [...classify, '--csv', '--json']],
    ["option '--csv' cannot be used with option '--json'", ['sweep', '--csv', '--json']],
    ["option '--csv' cannot be used with option '--compare'", [...cost, '--csv', '--compare']],
    [
      "'--jobs <count>' argument 'all' is invalid. Expected an integer of at least 1, or auto.",
      [...classify, '--jobs', 'all'],
    ],
    ["'--threads <count>' argument '0' is invalid", [...classify, '--threads', '0']],
    ["required option '--input <file>' not specified", ['run', '--checkpoint', 'net', '--output', 'out.npy']],
    ["required option '--output <file>' not specified", ['run', '--checkpoint', 'net', '--input', 'in.npy']],
    ["missing required argument 'network'", ['inspect']],
    ["missing required argument 'path'", ['convert']],
    ["missing required argument 'name|url'", ['fetch']],
    ["'--alpha <numbers>' argument '1,x' is invalid. Expected a number above 0.", ['sweep', '--alpha', '1,x']],
    ["'--resolution <numbers>' argument '0' is invalid", ['sweep', '--resolution', '0']],
    [
      "'--model <names>' argument 'v1' is invalid. Allowed choices are mobilenet_v1, mobilenet_v2.",
      ['sweep', '--model', 'v1'],
    ],
    ["'--max-macs <count>' argument '-1' is invalid", ['pick', '--max-macs=-1']],
    ["'--seed <number>' argument '0.5' is invalid", ['manifold', '--seed', '0.5']],
    ["option '--checkpoint <network>' argument missing", ['classify', 'a.png', '--checkpoint']],
    ["'--top <count>' argument '0' is invalid. Expected an integer of at least 1.", [...classify, '--top', '0']],
    ["'--top <count>' argument 'NaN' is invalid", [...classify, '--top', 'NaN']],
    ["'--top <count>' argument '-1' is invalid", [...classify, '--top=-1']],
    [
      "'--backend <name>' argument 'metal' is invalid. Allowed choices are auto, reference, wasm, webgpu.",
      [...classify, '--backend', 'metal'],
    ],
    ['wasm, webgpu. Did you mean wasm?', [...classify, '--backend', 'wsam']],
    ['Did you mean keras?', [...cost, '--preset', 'kears']],
    ['Did you mean squeeze?', [...classify, '--crop', 'sqeeze']],
    ['Did you mean imagenet?', [...classify, '--normalize', 'imagnet']],
    ...['middle', 'centre:', 'centre:0', 'centre:1.5', 'centre:x', 'centred', 'centre:-1', 'squeeze:1'].map(
      (crop): [string, string[]] => [`'--crop <name>' argument '${crop}' is invalid`, [...classify, '--crop', crop]],
    ),
    ...[
      'mean=1,std=0',
      'mean=1,std=1:0:1',
      'mean=1:2',
      'mean=',
      'mean=1,mean=2',
      'mean=x',
      'order=rbg',
      'signed,mean=1',
      'order=bgr,signed',
      'median=3',
      'mean=1=2',
      '',
    ].map((name): [string, string[]] => [
      `'--normalize <name>' argument '${name}' is invalid`,
      [...classify, `--normalize=${name}`],
    ]),
    [
      "'--normalize <name>' argument 'tf' is invalid. Allowed choices are signed, unit, imagenet, raw, mean=M,std=S",
      [...classify, '--normalize', 'tf'],
    ],
    ["'--alpha <alpha>' argument 'NaN' is invalid. Expected a number above 0.", [...cost, '--alpha', 'NaN']],
    ["'--alpha <alpha>' argument '0' is invalid", [...cost, '--alpha', '0']],
    ["'--alpha <alpha>' argument 'Infinity' is invalid", [...cost, '--alpha', 'Infinity']],
    ["'--resolution <pixels>' argument '0' is invalid", [...cost, '--resolution', '0']],
    ["'--resolution <pixels>' argument 'NaN' is invalid", [...cost, '--resolution', 'NaN']],
    ["'--preset <name>' argument 'tf' is invalid", [...cost, '--preset', 'tf']],
    [
      "'--model <name>' argument 'resnet' is invalid. Allowed choices are mobilenet_v1, mobilenet_v2.",
      ['cost', '--model', 'resnet'],
    ],
    ["too many arguments for 'cost'", [...cost, 'extra']],
  ])('%s', async (reason, args) => {
    const { code, stdout, stderr } = await depthwise(...args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    const [message, ...rest] = stderr.trimEnd().split('\n')
    expect(message).toMatch(/^depthwise: /)
    expect(message).toContain(reason)
    const command = args[0] === 'classfy' ? '' : ` ${args[0]}`
    expect(rest.filter(line => line !== '')).toEqual([`See depthwise${command} --help.`])
  })

  test.each([
    ['bogus', 'Commands: classify, embed, detect, '],
    ['clasify', 'Did you mean classify?\n'],
    ['inspct', 'Did you mean inspect?\n'],
  ])('%s is no command, whatever help is asked for', async (name, advice) => {
    const calls = [[name], [name, '--help'], [name, '-h'], ['help', name], [name, 'a.png', '--help']]
    for (const args of calls) {
      const { code, stdout, stderr } = await depthwise(...args)
      expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: '' })
      expect(stderr).toContain(`depthwise: unknown command '${name}'. ${advice}`)
    }
  })

  test('no command at all shows help on stderr', async () => {
    const { code, stdout, stderr } = await depthwise()
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('Usage: depthwise')
  })
})

test('help and version are answers: on stdout, with 0', async () => {
  const help = await depthwise('--help')
  expect(help).toMatchObject({ code: 0, stderr: '' })
  const commands = [
    'classify',
    'embed',
    'run',
    'inspect',
    'convert',
    'compile',
    'checkpoints',
    'fetch',
    'cost',
    'sweep',
    'pick',
    'manifold',
    'backends',
    'start',
  ]
  for (const command of commands) {
    expect(help.stdout).toContain(command)
    expect(await depthwise(command, '--help')).toMatchObject({ code: 0, stderr: '' })
    expect(await depthwise('help', command)).toMatchObject({ code: 0, stderr: '' })
  }
  for (const flag of ['--version', '-v']) {
    expect(await depthwise(flag)).toEqual({ code: 0, stdout: '0.1.0\n', stderr: '' })
  }
})
