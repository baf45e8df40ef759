import { ok, strictEqual } from 'node:assert/strict'

import type * as signals from '../../../src/lockfree/signal.ts'
import type { Scenario } from '../explore.ts'
import { arenaOf, type Model, structure } from '../model.ts'
import { add, exchange, load, notify, store, wait, type Words } from '../seam.ts'

const HEAD = 0
/** How many objects stand for the thing. */
const HOLDS = 1
const DEAD = 2
/** By ringer: it has happened. */
const HAPPENED = 3
/** By seat: how often its subscription is in its mail, and a bell. */
const MAIL = 8
const BELL = 12
const SUBSCRIPTIONS = 16
const SIZE = 2
const NEXT = 0
const FLAG = 1
const subscription = (seat: number): number => SUBSCRIPTIONS + seat * SIZE
/** What a ringer leaves in a flag. */
const mark = (ringer: number): number => 10 + ringer
const VICTIM = 0

const mailTo = (words: Words) => (record: number) => {
  const seat = (record - SUBSCRIPTIONS) / SIZE
  strictEqual(add(words, MAIL + seat, 1), 0, 'in the mail once')
  store(words, BELL + seat, 1)
  notify(words, BELL + seat, Infinity)
}

const undertaker = (seats: number) => (words: Words) => () => {
  store(words, DEAD, 1)
  for (let seat = 0; seat < seats; seat++) {
    store(words, BELL + seat, 1)
    notify(words, BELL + seat, Infinity)
  }
}

const letGo = (words: Words, signal: signals.Signal): void => {
  if (add(words, HOLDS, -1) === 1) signal.close(HEAD, mailTo(words))
}

/** Seats that wait for ringers; what is waited for ends with the last who has it, and each seat hears of that once. */
export const model: Model = structure<typeof signals>({
  path: 'lockfree/signal.ts',
  scenarios: ({ ARMED, Signal }) => {
    const make = (words: Words): signals.Signal => new Signal(arenaOf(words), NEXT, FLAG)
    /** Waits for ringers one after the other, as a household does for its tasks (live/watches.ts). */
    const waiter = (seat: number, ringers: readonly number[]) => (words: Words) => {
      const signal = make(words)
      const own = subscription(seat)
      return () => {
        let revived = false
        const take = (): void => {
          if (exchange(words, MAIL + seat, 0) === 1) ok(signal.disarm(own), 'it lasts as long as this seat has it')
        }
        const sleep = (): void => {
          if (!revived && load(words, DEAD) === 1) {
            revived = true
            const by = signal.rungBy(own)
            take()
            if (by > ARMED && by === mark(VICTIM) && signal.rungBy(own) === by) signal.disarm(own)
            return
          }
          wait(words, BELL + seat, 0, Infinity)
          store(words, BELL + seat, 0)
          take()
        }
        signal.add(HEAD, own)
        for (const ringer of ringers) {
          for (;;) {
            if (signal.rungBy(own) < ARMED) signal.arm(own)
            if (load(words, HAPPENED + ringer) === 1) break
            sleep()
          }
        }
        letGo(words, signal)
        // It goes on with its life, and looks into its mail once more.
        return exchange(words, MAIL + seat, 0) === 1 && !signal.disarm(own) ? 'gone' : 'left'
      }
    }
    const ringer = (n: number) => (words: Words) => {
      const signal = make(words)
      return () => {
        store(words, HAPPENED + n, 1)
        signal.ring(HEAD, mark(n), mailTo(words))
        letGo(words, signal)
      }
    }
    /** Each seat waits for these ringers. If the first ringer dies, nobody waits for it, and the thing does not end. */
    const scenario = (waits: readonly (readonly number[])[], ringers: number, dies = false): Scenario => ({
      words: SUBSCRIPTIONS + waits.length * SIZE,
      prepare: words => {
        words[HOLDS] = waits.length + ringers
      },
      threads: [
        ...Array.from({ length: ringers }, (_, n) => ringer(n)),
        ...waits.map((from, seat) => waiter(seat, from)),
        ...(dies ? [undertaker(waits.length)] : []),
      ],
      ...(dies ? { victim: VICTIM } : {}),
      // The seat's own; others touch it only once it is listed.
      mayRace: () => false,
      check: ({ results, memory, died }) => {
        for (let seat = 0; seat < waits.length; seat++) {
          const end = results[ringers + seat]
          ok(end === 'gone' || end === 'left')
          if (died) continue
          strictEqual(memory[subscription(seat) + FLAG], -1, 'gone')
          strictEqual(memory[MAIL + seat], end === 'gone' ? 0 : 1, 'and its seat hears of it')
        }
      },
      name: at =>
        at === HEAD
          ? 'head'
          : at === HOLDS
            ? 'holds'
            : at === DEAD
              ? 'dead'
              : at < MAIL
                ? `happened ${at - HAPPENED}`
                : at < BELL
                  ? `mail ${at - MAIL}`
                  : at < SUBSCRIPTIONS
                    ? `bell ${at - BELL}`
                    : `${(at - SUBSCRIPTIONS) % SIZE === NEXT ? 'next' : 'flag'} ${Math.floor((at - SUBSCRIPTIONS) / SIZE)}`,
    })
    return {
      'one waits for one': scenario([[0]], 1),
      'one waits for two': scenario([[0, 1]], 2),
      'one waits for one of two': scenario([[0]], 2),
      'two wait for one': scenario([[0], [0]], 1),
      'two wait for two': {
        ...scenario(
          [
            [0, 1],
            [1, 0],
          ],
          2,
        ),
        large: true,
      },
      'one of two ringers dies': scenario([[1]], 2, true),
    }
  },
  faults: {
    'arming is plain': [
      [
        'store(this.#arena.words, subscription + this.#flag, ARMED)',
        'this.#arena.words[subscription + this.#flag] = ARMED',
      ],
    ],
    'nothing is armed': [['store(this.#arena.words, subscription + this.#flag, ARMED)', '']],
    'a ringer looks plainly': [['if (load(words, flag) === ARMED &&', 'if (words[flag] === ARMED &&']],
    'a ringer marks by a store': [
      ['&& replace(words, flag, ARMED, by)) mail', ') (store(words, flag, by), mail'],
      [
        'mail(subscription)\n      subscription = next\n    }\n  }\n\n  /** Who ends',
        'mail(subscription))\n      subscription = next\n    }\n  }\n\n  /** Who ends',
      ],
    ],
    'a ringer leaves it armed': [['replace(words, flag, ARMED, by)', 'replace(words, flag, ARMED, ARMED)']],
    'a ringer leaves no name': [['replace(words, flag, ARMED, by)', 'replace(words, flag, ARMED, ARMED + 1)']],
    'a ringer mails before it marks': [
      [
        'if (load(words, flag) === ARMED && replace(words, flag, ARMED, by)) mail(subscription)',
        'if (load(words, flag) === ARMED) {\n        mail(subscription)\n        replace(words, flag, ARMED, by)\n      }',
      ],
    ],
    'a seat is added by a store': [
      ['if (replace(words, head, first, subscription)) return', 'store(words, head, subscription)\n      return'],
    ],
    'a seat is added before it is linked': [
      ['      words[subscription + this.#next] = first\n', ''],
      [
        'if (replace(words, head, first, subscription)) return',
        'if (replace(words, head, first, subscription)) {\n        words[subscription + this.#next] = first\n        return\n      }',
      ],
    ],
    'disarming is a store': [
      [
        'return flag !== GONE && replace(words, subscription + this.#flag, flag, IDLE)',
        'store(words, subscription + this.#flag, IDLE)\n    return flag !== GONE',
      ],
    ],
    'the end is mailed to those who have mail': [['<= ARMED) mail', '<= 1000) mail']],
    'the end is mailed to nobody': [['<= ARMED) mail', '< GONE) mail']],
    'the end is mailed to who is armed alone': [['<= ARMED) mail', '=== ARMED) mail']],
  },
})
