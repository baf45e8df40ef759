/**
 * Plays rounds of one part in this process: `node test/soak/play.ts NAME SEED ROUNDS MS`. Says which seed it is at, so that
 * whoever watches knows what hangs (watch.ts); a failure is an uncaught error.
 */
import { look } from '../pool/audit.ts'
import { part } from './parts.ts'

const [name = '', seed = '1', count = '1', ms = '0'] = process.argv.slice(2)
process.on('SIGUSR2', () => process.stderr.write(look()))
const rounds = part(name).open()
const until = Number(ms) > 0 ? performance.now() + Number(ms) : Infinity
const last = Number(seed) + Number(count)
for (let at = Number(seed); at < last && performance.now() < until; at++) {
  process.stdout.write(`round ${at}\n`)
  const tally = await rounds.round(at)
  process.stdout.write(`done ${JSON.stringify(tally)}\n`)
}
process.stdout.write('closing\n')
await rounds.close()
process.stdout.write('closed\n')
