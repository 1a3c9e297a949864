import { FormatError } from '@depthwise/core'
import type { Report } from './report.ts'

const lists = ['rows', 'details', 'stopped', 'throughput', 'profiles', 'macs'] as const

/**
 * A report that this bench wrote earlier.
 * @throws FormatError naming the file and the field
 */
export function readReport(text: string, file: string): Report {
  const json = parse(text, file)
  const fail = (field: string, expected: string, found: unknown): never => {
    throw new FormatError({ where: `${file}, field ${field}`, expected, found: JSON.stringify(found) ?? 'nothing' })
  }
  if (json['format'] !== 'depthwise-bench') fail('format', '"depthwise-bench"', json['format'])
  if (json['version'] !== 1) fail('version', '1', json['version'])
  for (const field of lists) if (!Array.isArray(json[field])) fail(field, 'a list', json[field])
  if (typeof json['ceilingGflops'] !== 'number') fail('ceilingGflops', 'a number', json['ceilingGflops'])
  return json as unknown as Report
}

function parse(text: string, file: string): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(text)
    if (typeof json === 'object' && json !== null) return json as Readonly<Record<string, unknown>>
  } catch {
    // Said below.
  }
  throw new FormatError({ where: file, expected: 'a report as JSON', found: 'something else' })
}
