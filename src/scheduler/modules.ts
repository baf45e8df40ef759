import { TaskError } from '../errors.ts'
import type { Directory } from './directory.ts'
import type { TaskRecord } from './tasks.ts'

/** What this thread has found out about modules of tasks that it tried to import. */
export class Modules {
  readonly #directory: Directory
  /** Why an unknown task of a module cannot be run here, by URL. */
  readonly #failures = new Map<string, Error>()
  /** Modules whose import failed, though some of their tasks may have been declared before that. */
  readonly #broken = new Map<string, Error>()

  constructor(directory: Directory) {
    this.#directory = directory
  }

  /** True if importing the task's module has been tried, or must not be. */
  isSettled(task: number): boolean {
    return this.#directory.isPoisoned(task) || this.#failures.has(this.#directory.urlOf(task))
  }

  imported(url: string): void {
    this.#failures.set(
      url,
      new TaskError(
        'ERR_FILCH_TASK_UNKNOWN',
        `A worker has imported ${url}, but the task is not among those declared there. Declare tasks at the top level ` +
          'of their module, unconditionally, so that every thread declares the same ones in the same order.',
      ),
    )
  }

  failed(url: string, cause: unknown): void {
    this.refuse(url, new TaskError('ERR_FILCH_IMPORT', `A worker could not import ${url}: ${String(cause)}`, { cause }))
  }

  /** No task of that module runs here. */
  refuse(url: string, why: Error): void {
    this.#failures.set(url, why)
    this.#broken.set(url, why)
  }

  /** Throws if the task must not run in this thread, `record` being what the thread knows of it. */
  check(task: number, record: TaskRecord | undefined): asserts record {
    if (record !== undefined && this.#broken.size === 0) return
    const url = record?.url ?? this.#directory.urlOf(task)
    const broken = this.#broken.get(url)
    if (broken !== undefined) throw broken
    if (record !== undefined) return
    if (this.#directory.isPoisoned(task)) {
      const why = 'its top level exits or never settles'
      throw new TaskError('ERR_FILCH_IMPORT', `Threads ended while they imported ${url}: ${why}.`)
    }
    throw (
      this.#failures.get(url) ?? new TaskError('ERR_FILCH_TASK_UNKNOWN', `No task of ${url} is known in this thread.`)
    )
  }
}
