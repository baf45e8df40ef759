/** Number `i` of some whose magnitudes are far apart: another association of the same sum has other bits. */
export const wild = (i: number): number => Math.sin(i) * 10 ** (i % 17)
