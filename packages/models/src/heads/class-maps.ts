/** A map of rows, columns and channels, of one image. */
export interface ValueMap {
  readonly data: ArrayLike<number>
  readonly height: number
  readonly width: number
  readonly channels: number
}

/** Where the pixels of one axis of a result lie on a map: the cell on either side, and the share of the second. */
interface Places {
  readonly lower: Int32Array
  readonly upper: Int32Array
  readonly share: Float64Array
}

/** The places of pixels on one axis of a map. */
export interface AxisView {
  /** Pixels of the result. */
  readonly count: number
  /** Cells of the map. */
  readonly cells: number
  /** Where the map begins on the result, and how long it is there, in pixels of the result. */
  readonly start: number
  readonly extent: number
}

/** The place of the centre of pixel `i` on the map, in cells. */
const placeOf = ({ cells, start, extent }: AxisView, i: number): number => ((i + 0.5 - start) / extent) * cells

function bilinearPlaces(view: AxisView): Places {
  const { count, cells } = view
  const [lower, upper, share] = [new Int32Array(count), new Int32Array(count), new Float64Array(count)]
  for (let i = 0; i < count; i++) {
    const place = Math.max(0, Math.min(cells - 1, placeOf(view, i) - 0.5))
    lower[i] = Math.floor(place)
    upper[i] = Math.min(cells - 1, lower[i]! + 1)
    share[i] = place - lower[i]!
  }
  return { lower, upper, share }
}

/**
 * Resizes a map bilinearly, centres of cells on centres of pixels, row by row: the map at full size with all its channels would
 * take hundreds of megabytes.
 * @param take is given each row of the result, `[width, channels]`, which is valid until it returns
 */
export function eachRow(
  map: ValueMap,
  down: AxisView,
  across: AxisView,
  take: (values: Float64Array, row: number) => void,
): void {
  const { data, width, channels } = map
  const [rows, columns] = [bilinearPlaces(down), bilinearPlaces(across)]
  const line = new Float64Array(width * channels)
  const values = new Float64Array(across.count * channels)
  for (let y = 0; y < down.count; y++) {
    const [above, below, share] = [rows.lower[y]! * line.length, rows.upper[y]! * line.length, rows.share[y]!]
    for (let i = 0; i < line.length; i++) line[i] = mixed(data[above + i]!, data[below + i]!, share)
    for (let x = 0, at = 0; x < across.count; x++) {
      const [left, right, weight] = [columns.lower[x]! * channels, columns.upper[x]! * channels, columns.share[x]!]
      for (let c = 0; c < channels; c++, at++) values[at] = mixed(line[left + c]!, line[right + c]!, weight)
    }
    take(values, y)
  }
}

/** Without the second where it has no share, so that its NaN or infinity stays where it is. */
const mixed = (a: number, b: number, share: number): number => (share === 0 ? a : a + (b - a) * share)

/** A map of one channel at another size, each pixel being the cell in which its centre lies. */
export function nearest(
  map: ValueMap,
  down: AxisView,
  across: AxisView,
  take: (value: number, at: number) => void,
): void {
  const cellOf = (view: AxisView, i: number): number =>
    Math.max(0, Math.min(view.cells - 1, Math.floor(placeOf(view, i))))
  const columns = Int32Array.from({ length: across.count }, (_, x) => cellOf(across, x))
  for (let y = 0, at = 0; y < down.count; y++) {
    const row = cellOf(down, y) * map.width
    for (let x = 0; x < across.count; x++, at++) take(map.data[row + columns[x]!]!, at)
  }
}
