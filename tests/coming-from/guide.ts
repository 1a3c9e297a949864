import { readFileSync } from 'node:fs'
import { repository } from '@depthwise/testing/shared-folder'

/** What a program prints last, or puts on its page: a word or more, then a number. */
export interface Answer {
  readonly label: string
  readonly value: number
}

export interface Program {
  readonly language: 'js' | 'html' | 'python'
  readonly source: string
  /** What its comment states. */
  readonly promised: Answer
}

/** Two programs of the guide that do the same. */
export interface Pair {
  readonly library: string
  readonly title: string
  readonly theirs: Program
  readonly ours: Program
}

export const guide: string = readFileSync(`${repository}docs/coming-from.md`, 'utf8')

/** The parts of a text that begin with a line of these marks, by their headings. */
function sections(text: string, marks: '##' | '###'): readonly (readonly [heading: string, body: string])[] {
  const parts = text.split(new RegExp(`^${marks} `, 'm')).slice(1)
  return parts.map(part => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n'))])
}

/** `Egyptian cat 0.76` */
export function answerOf(line: string): Answer {
  const [, label, value] = /^(\S.*) (-?\d+(?:\.\d+)?)$/.exec(line.trim()) ?? []
  if (label === undefined) throw new Error(`expected a label and a number, found "${line}"`)
  return { label, value: Number(value) }
}

function programOf(where: string, language: string, source: string): Program {
  const comment = /^.*(?:console\.log|print|textContent).*(?:\/\/|#) (.*)$/m.exec(source)
  if (!comment) throw new Error(`${where}: no comment says what the program prints`)
  return { language: language as Program['language'], source, promised: answerOf(comment[1] as string) }
}

/** Every pair of programs. A part with another number of programs is a mistake. */
export const pairs: readonly Pair[] = sections(guide, '##').flatMap(([library, body]) =>
  sections(body, '###').flatMap(([title, part]) => {
    const where = `${library}, ${title}`
    const programs = [...part.matchAll(/^```(js|html|python)\n(.*?)^```$/gms)].map(([, language = '', source = '']) =>
      programOf(where, language, source),
    )
    if (programs.length === 0) return []
    const [theirs, ours, ...others] = programs
    if (!theirs || !ours || others.length > 0) throw new Error(`${where}: ${programs.length} programs in place of two`)
    return [{ library, title, theirs, ours }]
  }),
)
