/** How a command writes its rows for programs; both exclude each other. */
export interface RowOptions {
  /** A JSON object a line. */
  readonly json?: boolean
  /** Comma-separated values under a head. */
  readonly csv?: boolean
}
