import { allocate, type Kind, kindOf, kinds, type Numbers } from '../data/kinds.ts'
import { OptionError, refuseOthers, TaskError } from '../errors.ts'
import { type AnyFunction, recordOf } from '../scheduler/tasks.ts'
import { IMPOSTOR, kindOf as wireKindOf, ODD } from '../wire/kinds.ts'
import { refused, unsendable } from '../wire/refusal.ts'

/** Arguments of chains: what was received, and what to do. */

export function count(what: string, value: unknown): number {
  if (Number.isInteger(value) && (value as number) >= 0) return value as number
  throw new OptionError(what, value, 'Give a whole number, 0 or more.')
}

export function positive(what: string, value: unknown): number {
  if (Number.isInteger(value) && (value as number) >= 1) return value as number
  throw new OptionError(what, value, 'Give a whole number, 1 or more.')
}

export function number(what: string, value: unknown): void {
  if (typeof value !== 'number') throw new OptionError(what, value, 'Give a number.')
}

export function flag(what: string, value: unknown): void {
  if (typeof value !== 'boolean') throw new OptionError(what, value, 'Give true or false.')
}

function object(what: string, value: unknown): object {
  if (typeof value === 'object' && value !== null) return value
  throw new OptionError(what, value, 'Give an object with the variables: { k }.')
}

/**
 * What is given to the functions of a chain. What cannot cross is refused at once, and not only where another thread helps. (What lies
 * deeper is found there.)
 */
export function variables(value: unknown): object {
  const all = object('with', value)
  for (const [name, one] of Object.entries(all) as [string, unknown][]) {
    if (typeof one === 'object' && one !== null) {
      const kind = wireKindOf(one)
      if (kind <= ODD) throw refused(unsendable(one, kind === IMPOSTOR), `with({ ${name} })`)
    } else if (typeof one === 'symbol' || (typeof one === 'function' && recordOf(one as AnyFunction) === undefined)) {
      throw refused(unsendable(one), `with({ ${name} })`)
    }
  }
  return all
}

export function misplaced(what: string, hint: string): TaskError {
  return new TaskError('ERR_FILCH_CHAIN', `${what} does not work at this place of a chain. ${hint}`)
}

export function placeless(what: string, hint = 'Call it before.'): TaskError {
  return misplaced(what, `After filter or flatMap the elements have no places any more. ${hint}`)
}

/** Options of an algorithm, which has these: `options` itself, if it holds nothing else. */
export function options<O extends object>(what: string, given: O, names: readonly (keyof O & string)[]): O {
  if (typeof given !== 'object' || given === null) {
    throw new OptionError(`${what}: the options`, given, 'Give an object, or nothing.')
  }
  refuseOthers(`${what}: an option`, given, names)
  return given
}

export function target(value: unknown, length: number): Numbers {
  const kind = kindOf(value)
  if (kind === undefined) throw new OptionError('The target of into', value, 'Give a typed array.')
  const array = value as Numbers
  if (array.length >= length) return array
  throw new OptionError('The length of the target of into', array.length, `The chain has ${length} elements.`)
}

interface Ways<R> {
  into(target: Numbers, finish: () => unknown): R
  gather(finish: (values: ArrayLike<never>) => unknown): R
}

/** Into a new shared array: at once if the places are known, else when the number is. */
export function shared<R>(kind: Kind, length: number, places: boolean, ways: Ways<R>): R {
  if (!kinds.includes(kind)) throw new OptionError('toShared: the kind', kind, `There are: ${kinds.join(', ')}.`)
  if (places) {
    const made = allocate(kind, length)
    return ways.into(made, () => made)
  }
  return ways.gather(values => {
    const made = allocate(kind, values.length)
    made.set(values)
    return made
  })
}
