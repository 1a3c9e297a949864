import util from 'node:util'

/** The few styles that are used: each stays readable on light and on dark terminals. */
export type Style = 'bold' | 'dim' | 'red' | 'cyan'

/**
 * Whether text for a stream is coloured: as `FORCE_COLOR` or else `NO_COLOR` says (force-color.org, no-color.org), else where the
 * stream is a terminal that is not called dumb.
 */
export function hasColours(
  { isTTY = false }: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>> = process.env,
): boolean {
  const { FORCE_COLOR: force, NO_COLOR: no, TERM: terminal } = env
  if (force !== undefined) return force !== '0' && force !== 'false'
  return isTTY && !no && terminal !== 'dumb'
}

/** A text in a style. Before Node 20.12, which brought `styleText`, the text as it is. */
export function styled(style: Style, text: string): string {
  // The caller has decided already; left to itself, Node looks at its own stdout.
  return util.styleText?.(style, text, { validateStream: false }) ?? text
}
