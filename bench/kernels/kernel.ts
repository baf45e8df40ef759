/** The same work three times: a loop over a range by hand, what puts two such ranges together, and filch. */
export interface Kernel<D = object> {
  /** What it works on; made of shared arrays, so that nothing is copied. */
  data: (size: number) => D
  /** Elements `lo` to `hi` by a loop written by hand: the baseline for all, and for one half. Returns a checksum. */
  part: (data: D, lo: number, hi: number) => number
  /** The end of `part`'s range. */
  length: (data: D) => number
  /** The checksum of two neighbouring ranges; the sum unless said otherwise. */
  readonly combine?: (left: number, right: number) => number
  /**
   * After both halves, in the thread that forked: what a cut by hand needs besides. Gets their checksums, returns that of
   * all.
   */
  readonly after?: (data: D, middle: number, left: number, right: number) => number
  /** Everything, by filch. */
  par: (data: D) => number
}
