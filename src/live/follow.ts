/** How a task is continued. */
type Follower = (handle: never, fn: unknown, env: readonly unknown[]) => unknown

let follower: Follower | undefined

/** Called by the module that knows how to spawn, which is above that of the handles. */
export function provideFollower(how: Follower): void {
  follower = how
}

/** The handle of what continues that one. */
export function follow(handle: object, fn: unknown, env: readonly unknown[]): unknown {
  return follower!(handle as never, fn, env)
}
