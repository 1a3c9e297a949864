/** The files of one checkpoint: one to begin with, and those beside it. Each host has its own: folders, addresses, dropped files. */
export interface CheckpointFiles {
  /** How errors refer to the checkpoint: a path, an address, the name of a file. */
  readonly name: string
  /** The file to begin with; null for a folder, where it is the one that describes a network. */
  readonly main: string | null
  /** How errors refer to one of the files. */
  where(file: string): string
  has(file: string): Promise<boolean>
  /**
   * @param expected what the file holds, in words, for the error
   * @throws an error naming the file where it cannot be read
   */
  read(file: string, expected: string): Promise<Uint8Array>
  /** Names of all files, where the host can list them. */
  list(): Promise<readonly string[]>
  /** What is known from where the checkpoint was fetched, given the SHA-256 of its main file. */
  record?(sha256: string): Promise<DownloadRecord | undefined>
}

/** Where a checkpoint was fetched from. */
export interface DownloadRecord {
  readonly url: string
  /** The name of one of `publishedCheckpoints`, if it was fetched as such. */
  readonly checkpoint?: string
}
