/** The name of the pool whose worker this thread is for life, if it is one: a module that it imports must not start work. */
let pool: string | undefined

export function takeSeat(name: string): void {
  pool = name
}

export function seatedIn(): string | undefined {
  return pool
}
