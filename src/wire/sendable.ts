/** Types only: what may cross threads. They catch at compile time what is refused at run time; `docs/values.md` has the list. */

type Primitive = string | number | bigint | boolean | null | undefined

/** Arrives as itself or as an equal, with nothing inside to look at. */
type Leaf = Date | RegExp | Error | ArrayBuffer | SharedArrayBuffer | ArrayBufferView

/** Stands for something in shared memory (envoy.ts). */
export type EnvoyLike = { readonly depart: () => readonly number[] }

/** A function that `task` made. */
type TaskLike = { readonly fork: unknown; readonly join: unknown }

/** What an unsendable part of a type becomes, so that the compiler prints the reason. */
type Refused =
  | 'a function that is not a task cannot cross threads: declare it with task(), or send data'
  | 'a symbol cannot cross threads'
  | 'a Promise cannot cross threads: await it first'
  | 'weak references cannot cross threads'

type Why<Text extends Refused> = Text

/**
 * `T` if every part of it can cross threads; else `T` with the parts that cannot replaced by the reason, which no value
 * of theirs is assignable to. Classes are told apart only by their methods: an instance of a class with none passes here
 * and is refused at run time.
 */
export type Sendable<T> = unknown extends T
  ? T
  : T extends Primitive | Leaf | TaskLike | EnvoyLike
    ? T
    : T extends (...args: never[]) => unknown
      ? Why<'a function that is not a task cannot cross threads: declare it with task(), or send data'>
      : T extends symbol
        ? Why<'a symbol cannot cross threads'>
        : T extends PromiseLike<unknown>
          ? Why<'a Promise cannot cross threads: await it first'>
          : T extends ReadonlyMap<infer K, infer V>
            ? SendableMap<T, K, V>
            : T extends ReadonlySet<infer V>
              ? SendableSet<T, V>
              : // After Map and Set, which have all the methods of their weak relatives.
                T extends WeakMap<WeakKey, unknown> | WeakSet<WeakKey> | WeakRef<WeakKey>
                ? Why<'weak references cannot cross threads'>
                : { [K in keyof T]: Sendable<T[K]> }

type SendableMap<T, K, V> = [K, V] extends [Sendable<K>, Sendable<V>] ? T : ReadonlyMap<Sendable<K>, Sendable<V>>
type SendableSet<T, V> = [V] extends [Sendable<V>] ? T : ReadonlySet<Sendable<V>>

/** `T` as a task sees it: read only, all the way down. What crosses by reference stays writable. */
export type Immutable<T> = unknown extends T
  ? T
  : T extends Primitive | Leaf | TaskLike | EnvoyLike | ((...args: never[]) => unknown)
    ? T
    : T extends ReadonlyMap<infer K, infer V>
      ? ReadonlyMap<Immutable<K>, Immutable<V>>
      : T extends ReadonlySet<infer V>
        ? ReadonlySet<Immutable<V>>
        : { readonly [K in keyof T]: Immutable<T[K]> }
