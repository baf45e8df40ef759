import { setTimeout as sleep } from 'node:timers/promises'

import { FLAGS, openPeer, type Peer } from '../peers/open.ts'
import { type PeerName, PEERS } from '../peers/names.ts'
import type { Measured, Settings, Variant } from './bench.ts'

/** Some peers' close never settles (poolifier 5.3.2); their processes are then killed. */
const PATIENCE = 500

/** One variant for each peer, each with two threads. */
export function peerVariants(
  measure: (peer: Peer, settings: Settings) => Promise<Measured>,
  names: readonly PeerName[] = PEERS,
): Record<string, Variant> {
  return Object.fromEntries(
    names.map(name => {
      const variant: Variant = {
        peer: name,
        flags: FLAGS[name] ?? [],
        async measure(settings) {
          const peer = await openPeer(name, 2)
          const measured = await measure(peer, settings)
          await Promise.race([peer.close(), sleep(PATIENCE)])
          return measured
        },
      }
      return [name, variant]
    }),
  )
}
