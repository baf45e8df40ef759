/** Whoever stands in a {@link Line}. */
export interface InLine {
  /** Where it stands. In several lines: where it stands in one of them. */
  place: number
  readonly wait: {
    readonly over: boolean
    /** @internal */
    covers(wait: object): boolean
  }
}

/**
 * Who waits for one thing, in the order of their coming. Anybody may leave, from anywhere, at a cost that does not grow with the line: a
 * million tasks may wait for one thing, and be killed one by one. Who leaves leaves a gap, and the line closes up when half of it is
 * gaps.
 */
export class Line<W extends InLine> {
  #places: (W | undefined)[] = []
  /** Where the first one stands, if there is anybody. */
  #first = 0
  #length = 0

  get length(): number {
    return this.#length
  }

  get first(): W | undefined {
    return this.#places[this.#first]
  }

  push(who: W): void {
    who.place = this.#places.length
    this.#places.push(who)
    this.#length++
  }

  /** False: it does not stand here. */
  remove(who: W): boolean {
    const places = this.#places
    const at = places[who.place] === who ? who.place : places.indexOf(who)
    if (at < 0) return false
    places[at] = undefined
    this.#length--
    while (places.length > 0 && places.at(-1) === undefined) places.pop()
    if (this.#length === 0) this.#first = 0
    else while (places[this.#first] === undefined) this.#first++
    if (places.length > 32 && places.length > 2 * this.#length) this.#close()
    return true
  }

  #close(): void {
    this.#places = this.#places.filter(who => who !== undefined)
    this.#first = 0
    for (const [i, who] of this.#places.entries()) who!.place = i
  }

  /** True if somebody who came before `wait` still waits. */
  precedes(wait: object): boolean {
    for (let i = this.#first; i < this.#places.length; i++) {
      const who = this.#places[i]
      if (who === undefined) continue
      if (who.wait.covers(wait)) return false
      // Who is over has been found so in this same round, and is about to leave.
      if (!who.wait.over) return true
    }
    return false
  }
}
