import type { PlotOptions } from '@observablehq/plot'

/** Colours that stay apart for colour-blind readers too (Okabe and Ito, 2008), by what they stand for. */
export const colours = { v1: '#d55e00', v2: '#0072b2', grey: '#767676', other: '#009e73' } as const

/** What all plots share: dark on white, in a font that every system has. */
export const frame = {
  width: 720,
  height: 440,
  marginLeft: 56,
  marginBottom: 44,
  marginTop: 44,
  marginRight: 24,
  style: { background: 'white', color: '#222', fontFamily: 'sans-serif', fontSize: '12px' },
} as const satisfies PlotOptions
