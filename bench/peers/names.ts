/** The JavaScript pools that are measured beside ours. Their versions stand in install.mjs. */
export const PEERS = ['piscina', 'tinypool', 'workerpool', 'poolifier', 'multithreading', 'nanothreads'] as const

export type PeerName = (typeof PEERS)[number]
