import { ShapeError } from '@depthwise/core'
import type { Size2 } from '@depthwise/core/backend'
import type { Picture, View } from './device-values.ts'

/**
 * The view of a picture, checked: inside the picture, and its window as large as the input.
 * @throws ShapeError, naming `where`, for a view that is not, or that was made for the size of an element on the page
 */
export function viewInto({ source, view }: Picture, size: Size2, [height, width]: Size2, where: string): View {
  const made = typeof view === 'function' ? view(size) : view
  const { source: seen, window, scaled } = made
  const spans = [
    [seen.left, seen.width, size[1]],
    [seen.top, seen.height, size[0]],
    [window.left, window.width, scaled[1]],
    [window.top, window.height, scaled[0]],
  ] as const
  const inside = spans.every(
    ([start, extent, all]) =>
      [start, extent, all].every(Number.isSafeInteger) && start >= 0 && extent > 0 && start + extent <= all,
  )
  if (!inside || window.height !== height || window.width !== width) {
    const expected = `a view of ${height}x${width} inside a picture of ${size.join('x')}`
    throw new ShapeError({ where, expected, found: JSON.stringify(made) })
  }
  const shown = shownSize(source)
  if (made === view && shown && centred(made, shown) && !centred(made, size)) {
    const expected = `a view of ${size.join('x')}, the natural size (a function as \`view\` is given it)`
    throw new ShapeError({ where, expected, found: `one of ${shown.join('x')}, the size on the page` })
  }
  return made
}

/** `height` and `width`: of `<img>` and `<video>` the size on the page, of other images their own size. */
function shownSize(source: Picture['source']): Size2 | null {
  const { height, width } = source as { readonly height?: number; readonly width?: number }
  return height && width ? [height, width] : null
}

/** Whether equal margins are cut off left and right, and above and below, as in every named crop. */
function centred({ source: { top, left, height, width } }: View, size: Size2): boolean {
  return 2 * top + height === size[0] && 2 * left + width === size[1]
}
