/** The clock as it was when this was loaded: timers that somebody fakes later must not stop who waits by it. In ms. */
export const now: () => number = performance.now.bind(performance)
