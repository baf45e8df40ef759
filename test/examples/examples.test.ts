import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'

import { decode } from 'fast-png'
import { describe, expect, it } from 'vitest'

import { root } from '../support/source.ts'

const examples = `${root}examples/`

/** What each example prints, on any number of threads. */
const expected: Record<string, string> = {
  '01-fib': 'fib(30) = 832040\n',
  '02-n-queens': '4 queens: 2 ways\n6 queens: 4 ways\n8 queens: 92 ways\n10 queens: 724 ways\n',
  '03-mandelbrot': `
.............::::::::::---------------------------::::::::::::::
............:::::::-----------------=====+*#%++====----:::::::::
..........:::::------------------======+++*@###%+=====----::::::
.........::::-----------------=======+++*%#####@*++=====-----:::
........:::----------------=======++***%@#######@%*++++==------:
.......::---------------======+++*#################%%%@#+=------
.......:--------------===++++++**%######################%+=-----
......:-----------==++++++++***%#######################@*++=----
.....:-----=====++**##@%@#@%%%@##########################@+==---
.....--=======++++*%#####################################*+==---
.....-======++++%#######################################@*+===--
.....++**@%%*%@@#######################################@*++===--
.....++**@%%*%@@#######################################@*++===--
.....-======++++%#######################################@*+===--
.....--=======++++*%#####################################*+==---
.....:-----=====++**##@%@#@%%%@##########################@+==---
......:-----------==++++++++***%#######################@*++=----
.......:--------------===++++++**%######################%+=-----
.......::---------------======+++*#################%%%@#+=------
........:::----------------=======++***%@#######@%*++++==------:
.........::::-----------------=======+++*%#####@*++=====-----:::
..........:::::------------------======+++*@###%+=====----::::::
............:::::::-----------------=====+*#%++====----:::::::::
.............::::::::::---------------------------::::::::::::::
`.slice(1),
  '04-word-count': '32 parts, 6002 different words\nthe 3174\nof 2358\nand 2304\nto 2243\nher 1562\n',
  '05-merge-sort': '100000 numbers are in order\n',
  '06-scope': '13700 folders of size 13699\n',
  '07-errors': `
page 1 and page 2
NoPageError: the book has nine pages, not 40
its stack names 07-errors.tasks.ts and 07-errors.ts
`.slice(1),
  '08-cancel-and-progress': `
2262 primes below 20000
The run was canceled by its signal; \`cause\` is the reason.
The reason: seen enough
The run did not end within its timeout of 100 ms.
`.slice(1),
  '09-parallel-loops': `
pi is about 3.1445
a walk of 400000 steps reaches from -11 to 696, so often so high:
####
######
###
##
###############################
#######################
########
######
399646 times above the ground, by a median of 421
sorted: true
`.slice(1),
  '10-stream':
    'mischievousness, susceptibilities, Gloucestershire, dissatisfaction, unforgivingness, disinterestedness\n',
  '11-servo-work-queue': '20000 nodes below and with the root, 19 levels\n20000 nodes in 134 units\n',
  '12-java-fork-join': `
5133 primes
9592 primes, done
9999 squared is 99980001
2262 primes, 15733 darts of 20000 inside
done: true, 49995000 in all
`.slice(1),
  '13-java-executors': `
2
42
[ 2, 4, 6 ]
10
RangeError: bad order true
closing time killed
true
42
RangeError: second
[ 'RangeError: first', '8' ]
orders 2 0
PoolClosedError
`.slice(1),
  '14-par-monad': 'parMap: 4 40 400\nparMapReduceRange: 304192\nsheet: 211 110 100 321\n',
}

/** A run of an example in a process of its own, which must also end by itself. */
async function start(name: string, threads: number, ...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const env = { ...process.env, FILCH_THREADS: String(threads), NO_COLOR: '1' }
  return promisify(execFile)(process.execPath, [`${examples}${name}.ts`, ...args], { cwd: root, env, timeout: 50_000 })
}

const names = Object.keys(expected)
/** `par` needs none. */
const withoutTasks = ['09-parallel-loops', '10-stream']
/** Nothing can interrupt a run that holds the caller's own thread. */
const inPlace = names.filter(name => name !== '08-cancel-and-progress')

describe('the examples', () => {
  it('are all here, and short', () => {
    const numbered = readdirSync(examples).filter(file => /^\d.*\.ts$/.test(file))
    const files = names.flatMap(name => (withoutTasks.includes(name) ? [] : [`${name}.tasks.ts`]).concat(`${name}.ts`))
    expect(numbered.toSorted()).toEqual(files.toSorted())
    const long = numbered.filter(
      file =>
        readFileSync(examples + file, 'utf8')
          .trimEnd()
          .split('\n').length > (file === '14-par-monad.tasks.ts' ? 120 : 60), // that one is a small library
    )
    expect(long).toEqual([])
  })

  it('are all in the list', () => {
    const list = readFileSync(`${examples}README.md`, 'utf8')
    expect([...names, 'main'].filter(name => !list.includes(`| [${name}.ts](${name}.ts) |`))).toEqual([])
  })

  it.each(names)('%s on two threads', async name => {
    expect(await start(name, 2)).toEqual({ stdout: expected[name], stderr: '' })
  })

  it.each(inPlace)('%s without threads', async name => {
    expect(await start(name, 0)).toEqual({ stdout: expected[name], stderr: '' })
  })
})

describe('the main job', () => {
  it.each([2, 0])('on %i threads', async threads => {
    const { stdout, stderr } = await start('main', threads, '--quick')
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^Mandelbrot 480 x 270: 0.5 MB of pixels, CRC [\da-f]+; the same with filch$/m)
    expect(stdout).toContain('N-Queens 8: 92 ways; the same with filch\n')
    expect(stdout).toContain('fib(24): 46,368; the same with filch\n')
    expect(stdout).toMatch(/^Words in 2 MB: 390,810, 7,526 different, most often the 15,828, .*; the same with filch$/m)
    expect(stdout.match(/^│ (Mandelbrot|N-Queens|fib|Words)/gm)).toHaveLength(4)
    expect(stdout).toContain(`${threads} threads, `)

    const path = /^The picture is in (?<path>.+)$/m.exec(stdout)?.groups?.['path'] ?? ''
    const { width, height, data } = decode(readFileSync(`${root}${path}`))
    expect([width, height]).toEqual([480, 270])
    // A picture: it has a great many colours.
    expect(new Set(new Uint32Array(data.slice().buffer)).size).toBeGreaterThan(10_000)
  })
})
